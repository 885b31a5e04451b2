"""Which device and number format a model will run in, decided without importing torch."""

from __future__ import annotations

import os
from pathlib import Path

from promptfit.types import PromptfitError

SPREAD = "balanced"
"""The device that is all GPUs together: each holds some of the model's layers."""
_DTYPES = ("float32", "bfloat16", "float16")


def choose(device: str, dtype: str) -> tuple[str, str]:
    """Resolves ``auto``: the first GPU with bfloat16 if there is one, else the CPU with float32.

    Returns:
        The device and the number format, as torch names them.

    Raises:
        PromptfitError: An unknown number format.
    """
    if dtype not in ("auto", *_DTYPES):
        raise PromptfitError(f"unknown dtype {dtype!r} of the model; known: auto, {', '.join(_DTYPES)}")
    if device == "auto":
        device = "cuda" if gpu_is_here() else "cpu"
    if dtype == "auto":
        dtype = "float32" if device == "cpu" else "bfloat16"
    return device, dtype


def gpu_is_here() -> bool:
    """Says whether a GPU is visible; torch would know it better, but costs seconds to ask."""
    if os.environ.get("CUDA_VISIBLE_DEVICES") in ("", "-1"):
        return False
    return any(Path("/dev").glob("nvidia[0-9]*")) or Path("/dev/dxg").exists() or Path("/dev/kfd").exists()
