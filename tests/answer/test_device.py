from __future__ import annotations

import pytest

from promptfit.answer.local import device


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
