from __future__ import annotations

import pytest

from promptfit.answer.local.lost_device import check_device
from promptfit.types import PromptfitError


@pytest.mark.parametrize(
    "said",
    [
        "CUDA error: device-side assert triggered\nCompile with `TORCH_USE_CUDA_DSA`",
        "CUDA error: an illegal memory access was encountered",
        "CUDA error: unspecified launch failure",
        "CUDA error: uncorrectable ECC error encountered",
        "HIP error: an illegal memory access was encountered",
    ],
)
def test_a_gpu_that_is_lost_ends_the_work(said: str) -> None:
    with pytest.raises(
        PromptfitError, match=f"the GPU has stopped \\({said.splitlines()[0]}\\).*what was answered is kept"
    ):
        check_device("a model", RuntimeError(said))


@pytest.mark.parametrize(
    "said",
    [
        "CUDA out of memory. Tried to allocate 2 GiB",
        "CUDA error: out of memory",
        "CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`",
        "absolute aspect ratio must be smaller than 200, an illegal instruction",
    ],
)
def test_what_the_next_request_may_survive_does_not(said: str) -> None:
    check_device("a model", RuntimeError(said))
