"""Starts vLLM with a checkpoint, or says why it cannot. The only place that imports vllm."""

from __future__ import annotations

import os
from typing import Any

from promptfit.answer.local.cuda_driver import check_driver, gpu_memory
from promptfit.answer.local.device import gpu_is_here
from promptfit.answer.local.loadable import Needs, check_loadable, remedy
from promptfit.answer.local.loading_word import watched
from promptfit.answer.vllm import pixel_limits
from promptfit.answer.vllm.offline_settings import OfflineSettings
from promptfit.answer.vllm.watch import VARIABLE
from promptfit.types import PromptfitError

# Before vllm is imported: it logs dozens of lines into the search's own output, and tells its makers what runs where.
os.environ.setdefault("VLLM_LOGGING_LEVEL", "WARNING")
os.environ.setdefault("VLLM_NO_USAGE_STATS", "1")
# A fork of a process that has threads, as this one, may wait for ever for a lock that one of them held.
os.environ.setdefault("VLLM_WORKER_MULTIPROC_METHOD", "spawn")

try:
    from vllm import LLM as LLM
    from vllm import SamplingParams as SamplingParams
    from vllm.lora.request import LoRARequest as LoRARequest
    from vllm.sampling_params import StructuredOutputsParams as StructuredOutputsParams
    from vllm.v1.engine.exceptions import EngineDeadError as EngineDeadError
except ImportError as fault:
    raise PromptfitError(
        f"vLLM cannot be imported ({fault}); its pins differ from ours, so it has an environment of its own: "
        "docs/gpus.md has the commands (uv pip install of a lock) for a machine with a GPU; without one, `make "
        "test-vllm` makes an environment that has it, or take the model's other configuration, without -vllm in its "
        "name"
    ) from fault

_NEEDS: Needs = {"bitsandbytes": ("bitsandbytes",), "adapter": ()}
_RANKS = (8, 16, 32, 64, 128, 256, 320, 512)
"""What vLLM makes room for in an adapter."""


def start(settings: OfflineSettings) -> LLM:
    """A running engine.

    Raises:
        PromptfitError: The checkpoint, the driver or the memory does not allow it.
    """
    check_loadable(settings, _NEEDS)
    if gpu_is_here():
        check_driver("set CUDA_VISIBLE_DEVICES= (empty) where vLLM is built for a CPU")
    located = settings.located
    processor = pixel_limits.told(settings)
    length = pixel_limits.context(settings)
    options: dict[str, Any] = {
        "enable_prefix_caching": True,
        "limit_mm_per_prompt": {"image": 1, "video": 0},  # or memory is set aside for videos
        "use_tqdm_on_load": False,
        **({"max_model_len": length} if length else {}),
        **_lora(settings),
        **(settings.engine or {}),
    }
    os.environ[VARIABLE] = str(os.getpid())
    try:
        with watched(
            located.name, sum(file.stat().st_size for file in located.weights), f"vLLM in {settings.precision}"
        ):
            return LLM(
                model=located.source,
                revision=located.commit,
                code_revision=located.commit,
                dtype=settings.precision,
                trust_remote_code=settings.trust_remote_code,
                mm_processor_kwargs=processor or None,
                **options,
            )
    except Exception as error:
        raise PromptfitError(
            f"{settings.checkpoint}: vLLM cannot start with it ({reason(error)}).{remedy(settings, error)} What it "
            f"said above tells more.{gpu_memory()} Its options stand in the model's configuration, or say "
            "`++model.answerer.engine.<option>=`"
        ) from error


def _lora(settings: OfflineSettings) -> dict[str, Any]:
    if not settings.adapted:
        return {}
    rank = settings.adapted.config.get("r", 16)
    return {"enable_lora": True, "max_lora_rank": next((most for most in _RANKS if most >= rank), rank)}


def reason(error: BaseException) -> str:
    """What was raised first: vLLM wraps an error in others that name the call, but not the fault."""
    while error.__cause__:
        error = error.__cause__
    return f"{type(error).__name__}: {(str(error).strip() or 'no reason given').splitlines()[0]}"
