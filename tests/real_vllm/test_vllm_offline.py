"""docvlm-tiny through vLLM's offline engine, for real."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path

import psutil
import pytest
from hydra import compose, initialize_config_dir
from PIL import Image

from parted import parted
from present import present
from promptfit.answer.vllm.offline_answerer import OfflineAnswerer
from promptfit.build import instantiate
from promptfit.types import Request

pytestmark = [
    pytest.mark.vllm,
    pytest.mark.skipif(find_spec("vllm") is None, reason="vLLM is not installed; `make test-vllm` runs it with one"),
]
PROJECT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def answerer() -> Iterator[OfflineAnswerer]:
    with initialize_config_dir(str(PROJECT / "conf"), version_base="1.3"):
        model = compose("config", ["model=docvlm-tiny-vllm", "model.answerer.structured=schema"]).model
    answerer = instantiate(model.answerer, max_new_tokens=256)
    yield answerer
    del answerer._engine
    gc.collect()  # ends the engine now: the next one needs its core


def test_it_answers_as_transformers_does(
    answerer: OfflineAnswerer, requests: Sequence[Request], agree: Callable[..., None]
) -> None:
    agree("vLLM's offline engine", dict(answerer.answer(requests)))


def test_it_holds_records_to_their_schemas(
    answerer: OfflineAnswerer, records: Sequence[Request], held: Callable[..., None]
) -> None:
    held("vLLM's offline engine", dict(answerer.answer(records)))


def test_bad_requests_fail_alone(answerer: OfflineAnswerer, requests: Sequence[Request], tmp_path: Path) -> None:
    Image.new("RGB", (1, 1), "white").save(tmp_path / "pixel.png")
    Image.new("RGB", (20000, 20), "white").save(tmp_path / "wide.png")
    Image.new("1", (20000, 20000)).save(tmp_path / "bomb.png")
    (tmp_path / "text.png").write_text("no image")
    good = requests[0]
    bad = [Request(tmp_path / f"{name}.png", name, good.prompt) for name in ("wide", "bomb", "text", "missing")]
    endless = Request(good.image, good.image_digest, "очень длинно " * 1000)
    halved = Request(good.image, good.image_digest, "\ud800")
    asked = [good, *bad, endless, halved, Request(tmp_path / "pixel.png", "1", "имя")]
    got, reasons = parted(answerer.answer(asked))
    assert got.keys() == {0}
    assert all(answer.tokens_out <= 256 for answer in got.values()), "max_new_tokens holds"
    assert "aspect ratio" in reasons[1]
    assert "too large an image" in reasons[2]
    assert "not an image" in reasons[3]
    assert "missing" in reasons[4]
    assert "maximum context length is 2048" in reasons[5]
    assert "shows nothing" in reasons[7]
    assert reasons.keys() == {1, 2, 3, 4, 5, 6, 7}


def test_who_stops_listening_frees_the_engine(answerer: OfflineAnswerer, requests: Sequence[Request]) -> None:
    answers = answerer.answer(requests)
    next(answers)
    assert isinstance(answers, Generator)
    answers.close()
    assert len(dict(answerer.answer(requests[:5]))) == 5


def test_a_command_asks_it_and_comes_to_an_end(tmp_path: Path) -> None:
    for name in ("conf", "data", "models"):
        (tmp_path / name).symlink_to(PROJECT / name)
    command = [str(Path(sys.executable).parent / "promptfit"), "try", "Имя?", "field=passport Имя"]
    done = subprocess.run(
        [*command, "model=docvlm-tiny-vllm", "++model.answerer.engine.enforce_eager=true"],
        env={**os.environ, "PROMPTFIT_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=900,
    )
    assert done.returncode == 0, done.stderr
    assert "asked 20 new requests, 0 were kept from before" in done.stdout


def test_a_killed_process_takes_its_engine_along(requests: Sequence[Request]) -> None:
    """Else the engine would keep its memory, and the same command would not start again."""
    code = f"""
from pathlib import Path
from promptfit.answer.vllm.offline_answerer import OfflineAnswerer
from promptfit.types import Request
engine = {{"kv_cache_memory_bytes": 2**28, "enforce_eager": True}}
answerer = OfflineAnswerer({str(PROJECT / "models" / "docvlm-tiny")!r}, engine=engine)
print(next(answerer.answer([Request(Path({str(requests[0].image)!r}), "1", "имя")])), flush=True)
input()
"""
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert any(b"Answer" in line for line in present(process.stdout))
        children = psutil.Process(process.pid).children(recursive=True)
        process.kill()
    assert len(children) >= 2
    end = time.monotonic() + 60
    while any(child.is_running() and child.status() != psutil.STATUS_ZOMBIE for child in children):
        assert time.monotonic() < end, children
        time.sleep(0.2)
