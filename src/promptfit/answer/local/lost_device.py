"""Faults after which a GPU does nothing any more for a process: each further request would fail with the same words."""

from __future__ import annotations

from promptfit.types import PromptfitError

_LAST = (
    "device-side assert",
    "illegal memory access",
    "illegal instruction",
    "illegal address",
    "misaligned address",
    "unspecified launch failure",
    "hardware stack error",
    "invalid program counter",
    "launch timed out",
    "uncorrectable ecc error",
    "device is lost",
    "fallen off the bus",
    "device not ready",
)


def check_device(checkpoint: str, error: BaseException) -> None:
    """Ends the work where a fault has taken the GPU along; what was answered before is kept.

    Args:
        checkpoint: For the message.
        error: What a batch failed with.

    Raises:
        PromptfitError: The GPU is lost to this process.
    """
    said = str(error).strip() or "no reason given"
    if "error" not in said or not said.startswith(("CUDA", "HIP")) or not any(last in said.lower() for last in _LAST):
        return
    raise PromptfitError(
        f"{checkpoint}: the GPU has stopped ({said.splitlines()[0]}), and answers nothing more in this process. "
        "Run again: what was answered is kept. If it stops at the same place, the input or the attention is at fault "
        "(`model.answerer.attn_implementation=eager`, CUDA_LAUNCH_BLOCKING=1 for the place); if anywhere, the GPU is "
        "(`nvidia-smi -q`)"
    ) from error
