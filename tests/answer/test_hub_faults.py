"""A hub that does not hand a checkpoint over, over real HTTP: whose licence, whose token, which name."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from huggingface_hub import constants

from promptfit.answer.local.checkpoint import locate
from promptfit.answer.local.checkpoint_settings import CheckpointSettings
from promptfit.answer.local.loadable import unloadable
from promptfit.types import PromptfitError


class Hub(BaseHTTPRequestHandler):
    """Refuses every file, as the hub does."""

    status, code = 401, "GatedRepo"

    def log_message(self, *_: object) -> None:
        """Says nothing."""

    def do_GET(self) -> None:
        self.send_response(self.status)
        self.send_header("X-Error-Code", self.code)
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_HEAD = do_GET


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[type[Hub]]:
    class Own(Hub):
        pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Own) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        monkeypatch.setattr(constants, "ENDPOINT", f"http://127.0.0.1:{server.server_port}")
        monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
        monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
        monkeypatch.setenv("PROMPTFIT_HOME", str(tmp_path))
        yield Own
        server.shutdown()


@pytest.mark.parametrize(
    ("status", "code", "said"),
    [
        (401, "GatedRepo", "its licence has to be accepted at https://huggingface.co/google/gemma.*HF_TOKEN.*OFFLINE"),
        (403, "GatedRepo", "its licence has to be accepted at https://huggingface.co/google/gemma.*HF_TOKEN.*OFFLINE"),
        (401, "RepoNotFound", "no such name, or it is private: see https://huggingface.co/google/gemma.*HF_TOKEN"),
    ],
)
def test_a_refusal_says_the_page_and_the_token(status: int, code: str, said: str, hub: type[Hub]) -> None:
    hub.status, hub.code = status, code
    with pytest.raises(PromptfitError, match=f"'google/gemma'.*{said}"):
        locate("google/gemma")


def test_files_that_are_not_here_while_the_hub_is_not_to_be_asked(
    hub: type[Hub], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    with pytest.raises(PromptfitError, match=r"HF_HUB_OFFLINE is set.*unset it"):
        locate("google/gemma")


def test_what_transformers_says_of_a_gated_one_and_what_is_another_matter() -> None:
    gated = OSError("You are trying to access a gated repo.\nMake sure to have access to it at https://hf.co/x")
    assert "HF_TOKEN" in str(unloadable(CheckpointSettings("google/gemma"), gated))
    assert "HF_TOKEN" not in str(unloadable(CheckpointSettings("google/gemma"), ValueError("no such architecture")))
