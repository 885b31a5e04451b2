"""What the GPU's driver says: whether torch can use it, or what to install; how much of its memory is free."""

from __future__ import annotations

import ctypes
import subprocess

from promptfit.types import PromptfitError

_INDEX = {12: "cu126", 13: "cu130"}
"""PyTorch's index by the driver's major version: a driver runs whatever is built for an earlier minor one, too."""


def check_driver(otherwise: str) -> None:
    """Asks torch, which is imported for it.

    Args:
        otherwise: What may be done without a GPU.

    Raises:
        PromptfitError: It can use no GPU; the message names both CUDA versions, and a torch that fits.
    """
    import torch

    if torch.cuda.is_available():
        return
    raise PromptfitError(f"{unusable(str(torch.__version__), torch.version.cuda, driver_cuda())}; or {otherwise}")


def unusable(torch_version: str, torch_cuda: str | None, driver: tuple[int, int] | None) -> str:
    """Why a torch can't use the GPU, and what to do.

    Args:
        torch_version: Its version.
        torch_cuda: The CUDA that it is built for, ``None`` for a CPU's.
        driver: The newest CUDA that the driver takes, ``None`` where there is no driver of NVIDIA's.
    """
    built = f"torch {torch_version} is built for " + (f"CUDA {torch_cuda}" if torch_cuda else "a CPU")
    if driver is None:
        return f"no GPU can be used: no driver of NVIDIA's answers (`nvidia-smi` tells more), and {built}"
    newest = f"CUDA {driver[0]}.{driver[1]}"
    index = _INDEX.get(min(driver[0], max(_INDEX)))
    if index is None:
        return f"the GPU cannot be used: its driver takes {newest} at most, and {built}: update the driver"
    other = f"install torch and torchvision from PyTorch's {index} index"
    if torch_cuda is None:
        return f"the GPU cannot be used: its driver takes {newest}, and {built}: {other}"
    if int(torch_cuda.partition(".")[0]) > driver[0]:
        return f"the GPU cannot be used: its driver takes {newest} at most, and {built}: update the driver, or {other}"
    return f"the GPU cannot be used, though its driver takes {newest}, and {built}: `nvidia-smi` tells more"


def driver_cuda() -> tuple[int, int] | None:
    """The newest CUDA that the driver of this machine takes, asked without torch."""
    found = ctypes.c_int()
    for name in ("libcuda.so.1", "nvcuda.dll"):
        try:
            if ctypes.CDLL(name).cuDriverGetVersion(ctypes.byref(found)) == 0 and found.value:
                return found.value // 1000, found.value % 1000 // 10
        except (OSError, AttributeError):
            continue
    return None


def gpu_memory() -> str:
    """What is free on each GPU, as a sentence after a space; nothing where nobody knows. No CUDA is started for it."""
    asked = ["nvidia-smi", "--query-gpu=index,memory.free,memory.total", "--format=csv,noheader,nounits"]
    try:
        rows = subprocess.run(asked, capture_output=True, text=True, timeout=10, check=True).stdout.splitlines()
        free = [
            f"GPU {index}: {int(left):,} of {int(total):,} MiB" for index, left, total in (r.split(",") for r in rows)
        ]
    except (OSError, subprocess.SubprocessError, ValueError):
        return ""
    return f" Memory that is free: {'; '.join(free)}." if free else ""
