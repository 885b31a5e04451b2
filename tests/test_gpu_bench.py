"""`make bench-gpu` on a CPU, with a tiny checkpoint."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from benchmarks import environments, gpu, gpu_pages, gpu_table, memory_peak
from benchmarks.gpu_table import Measured
from benchmarks.throughput_work import Ask, Subject
from benchmarks.throughput_worker import Heat
from PIL import Image

SUBJECT = Subject("owner/model", "bfloat16", "cuda", max_pixels=1_003_520)


def _heat(seconds: float, *texts: str) -> Heat:
    return Heat(seconds, 0, tuple((text, 0.0) for text in texts))


@pytest.fixture
def asks(tmp_path: Path) -> list[Ask]:
    return gpu_pages.drawn(tmp_path, 2, 2)


def test_pages_are_a4_and_every_prompt_has_its_value(tmp_path: Path) -> None:
    asks = gpu_pages.drawn(tmp_path, 2, 16)
    assert len(asks) == 32 and len({(one.image, one.prompt) for one in asks}) == 32
    assert all(one.truth for one in asks) and len({one.digest for one in asks}) == 2
    with Image.open(asks[0].image) as page:
        assert page.size == (1240, 1754)


def test_a_folder_of_ones_own(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no image"):
        gpu_pages.own(tmp_path, 3, 3)
    Image.new("RGB", (9, 9)).save(tmp_path / "b.PNG")
    Image.new("RGB", (9, 9)).save(tmp_path / "a.jpg")
    asks = gpu_pages.own(tmp_path, 1, 16)
    assert {Path(one.image).name for one in asks} == {"a.jpg"} and len({one.prompt for one in asks}) == 16


def test_the_table_has_rates_pages_memory_and_equality(asks: list[Ask], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")  # no nvidia-smi
    measured = [
        Measured("generate, one by one", [_heat(4, *"abcd"), _heat(2, *"abcd"), _heat(2, *"abcd")], 7.2, 3 << 30),
        Measured("promptfit", [_heat(1, *"abcx")], 8, 4 << 30),
        Measured("vLLM by hand", note="left out: vllm is not installed"),
    ]
    lines = gpu_table.table(measured, asks, SUBJECT).splitlines()
    assert lines[0].startswith("**owner/model**, bfloat16 on cuda; 2 pages (the first 1240 x 1754, shrunk to 1,003,520")
    assert lines[4:] == [
        "| generate, one by one | 2.00 (1.00-2.00) | 1.00 | 3.0 | 7 | 100.0% |",
        "| promptfit | 4.00 (4.00-4.00) | 0.50 | 4.0 | 8 | 75.0% |",
        "| vLLM by hand | left out: vllm is not installed | | | | |",
    ]


def test_why_an_arm_failed_is_its_last_error(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("Traceback\n  ValueError: first\ntorch.OutOfMemoryError: CUDA | full\n  at exit\n")
    assert gpu_table.reason(log) == "torch.OutOfMemoryError: CUDA / full"


def test_memory_is_that_of_the_process_and_its_children() -> None:
    code = "import subprocess, sys; b = bytearray(64 << 20); subprocess.run([sys.executable, '-c', 'input()'])"
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE) as process:
        peak = memory_peak.Peak(process.pid, gpu=False)
        end = time.monotonic() + 20
        while peak.bytes < 64 << 20 and time.monotonic() < end:
            time.sleep(0.05)
        process.communicate(b"\n")
        peak.stop()
    assert 64 << 20 <= peak.bytes < 1 << 30


def test_the_memory_of_gpus_is_asked_of_their_tool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "nvidia-smi").write_text("#!/bin/sh\necho 100\necho 23\n")
    (tmp_path / "nvidia-smi").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    peak = memory_peak.Peak(os.getpid(), gpu=True)
    end = time.monotonic() + 20
    while not peak.bytes and time.monotonic() < end:
        time.sleep(0.02)
    peak.stop()
    assert peak.bytes == 123 << 20


@pytest.mark.slow
def test_one_command_measures_what_is_installed_and_names_the_rest(
    tmp_path: Path,
    tiny_qwen: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(gpu, "FOLDER", tmp_path)
    monkeypatch.setattr(environments, "having", lambda package: None)
    genuine: Callable[[str], list[gpu.Arm]] = gpu.arms
    chosen = ("generate, one by one", "promptfit, transformers, reuse_image", "promptfit, vLLM", "lmms-eval")
    monkeypatch.setattr(gpu, "arms", lambda kind: [arm for arm in genuine(kind) if arm.name in chosen])
    words = "--images 1 --prompts 2 --rounds 1 --device cpu --max-new-tokens 4 --max-pixels 4096".split()
    assert gpu.main(["--checkpoint", str(tiny_qwen), *words]) == 0
    said = capsys.readouterr().out
    assert said.strip() == (tmp_path / "gpu.md").read_text("utf-8").strip()
    rows = [line for line in said.splitlines() if line.startswith("| ")][1:]
    assert [row.count("100.0%") for row in rows] == [1, 1, 0, 0]
    assert "left out: vllm is not installed" in rows[2] and "left out: lmms_eval is not installed" in rows[3]


@pytest.fixture
def tiny_qwen(tmp_path: Path) -> Path:
    from tiny_checkpoints import build

    return build("qwen2_vl", tmp_path / "tiny")
