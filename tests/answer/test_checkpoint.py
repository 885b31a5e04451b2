from __future__ import annotations

from pathlib import Path
from typing import Any

import huggingface_hub
import pytest

from promptfit.answer.local.checkpoint import locate
from promptfit.support.cache import file_digests
from promptfit.types import PromptfitError


@pytest.fixture
def no_hub(monkeypatch: pytest.MonkeyPatch) -> None:
    """Any question to the hub fails, as without a network."""

    def scripted(*_: object, **__: object) -> None:
        raise ConnectionError("no network (scripted)")

    monkeypatch.setattr(huggingface_hub, "snapshot_download", scripted)


@pytest.mark.parametrize("name", ["models/docvlm-tiny", "./here", "nowhere"])
def test_a_missing_local_checkpoint_is_never_looked_for_on_the_hub(
    name: str, no_hub: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PROMPTFIT_HOME", str(tmp_path))
    with pytest.raises(PromptfitError, match=r"no model checkpoint .*dvc pull.*promptfit train"):
        locate(name)


def test_a_folder_without_weights_is_no_checkpoint(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(PromptfitError, match="no model checkpoint"):
        locate(str(tmp_path))


def test_a_hub_that_cannot_be_reached_is_named(no_hub: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PROMPTFIT_HOME", str(tmp_path))
    with pytest.raises(PromptfitError, match=r"'Owner/Model-2B'.*no network"):
        locate("Owner/Model-2B")


def test_a_hub_checkpoint_is_known_by_its_commit(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    commit = tmp_path / "snapshots" / "c0ffee"
    commit.mkdir(parents=True)
    (commit / "config.json").write_text("{}")
    asked: list[tuple[str, dict[str, Any]]] = []

    def download(name: str, **more: Any) -> str:
        asked.append((name, more))
        return str(commit)

    monkeypatch.setenv("PROMPTFIT_HOME", str(tmp_path))
    monkeypatch.setattr(huggingface_hub, "snapshot_download", download)
    found = locate("Owner/Model-2B", revision="main")
    assert (found.source, found.commit, found.folder) == ("Owner/Model-2B", "c0ffee", commit)
    assert found.digests()["weights"] == "c0ffee"
    assert asked[0][1]["revision"] == "main"
    assert not any("safetensors" in pattern for pattern in asked[0][1]["allow_patterns"])


def test_the_order_of_files_on_disk_does_not_matter(tmp_path: Path) -> None:
    for name, order in (("a", (1, 2)), ("b", (2, 1))):
        (tmp_path / name).mkdir()
        (tmp_path / name / "config.json").write_text("{}")
        for number in order:
            Path(tmp_path / name / f"model-{number}.safetensors").write_bytes(bytes([number]))
    assert locate(str(tmp_path / "a")).digests() == locate(str(tmp_path / "b")).digests()


def test_large_weights_are_read_once_for_all_commands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROMPTFIT_HOME", str(tmp_path / "project"))
    monkeypatch.setattr(file_digests, "LARGE", 1)
    monkeypatch.setattr(file_digests, "SETTLED", -1.0)
    (tmp_path / "config.json").write_text("{}")
    (tmp_path / "model.safetensors").write_bytes(b"weights")
    first = locate(str(tmp_path)).digests()
    monkeypatch.setattr(file_digests, "_digest", lambda path: pytest.fail(f"{path} is read again"))
    assert locate(str(tmp_path)).digests() == first
    assert (tmp_path / "project" / ".promptfit" / "digests.sqlite").is_file()
