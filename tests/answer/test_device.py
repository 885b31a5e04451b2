from __future__ import annotations

import re

import pytest

from promptfit.answer.local import cuda_driver, device


@pytest.mark.parametrize(
    ("gpu", "asked", "expected"),
    [
        (False, ("auto", "auto"), ("cpu", "float32")),
        (True, ("auto", "auto"), ("cuda", "bfloat16")),
        (True, ("cpu", "auto"), ("cpu", "float32")),
        (True, ("cuda:1", "float16"), ("cuda:1", "float16")),
    ],
)
def test_choice(gpu: bool, asked: tuple[str, str], expected: tuple[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device, "gpu_is_here", lambda: gpu)
    assert device.choose(*asked) == expected


def test_a_hidden_gpu_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    assert device.choose("auto", "auto") == ("cpu", "float32")


@pytest.mark.parametrize(
    ("built", "driver", "told"),
    [
        (
            "13.2",
            (12, 2),
            r"takes CUDA 12\.2 at most, and torch 2\.15 is built for CUDA 13\.2: .* PyTorch's cu126",
        ),
        ("12.8", (11, 4), r"CUDA 11\.4 at most, and torch 2\.15 is built for CUDA 12\.8: update the driver$"),
        (None, (13, 0), r"takes CUDA 13\.0, and torch 2\.15 is built for a CPU: install .*cu130 index"),
        (None, (14, 1), r"built for a CPU: install .*cu130 index"),
        ("12.6", (12, 8), r"though its driver takes CUDA 12\.8"),
        ("13.2", None, r"no driver of NVIDIA's answers"),
    ],
)
def test_a_torch_that_cannot_use_the_gpu(built: str | None, driver: tuple[int, int] | None, told: str) -> None:
    assert re.search(told, cuda_driver.unusable("2.15", built, driver))


def test_no_driver_and_no_tool_are_no_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert cuda_driver.gpu_memory() == ""
