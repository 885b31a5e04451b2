"""What a checkpoint of transformers is asked with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from promptfit.answer.local.checkpoint_settings import CheckpointSettings, versions
from promptfit.answer.local.device import SPREAD, choose
from promptfit.answer.structured import OFF
from promptfit.support.canonical import canonical_json
from promptfit.types import PromptfitError


@dataclass(frozen=True)
class LocalSettings(CheckpointSettings):
    """A checkpoint of ``CheckpointSettings``, and how it is asked through transformers.

    Args:
        device: ``auto``, ``cpu``, ``cuda``, ``cuda:1``, ``mps``; ``balanced`` spreads the layers over all GPUs.
        batch_size: Requests at a time, at most; fewer where their tokens do not fit into free memory.
        attn_implementation: ``sdpa``, ``eager``, ``flash_attention_2``; the library's choice by default.
        generation: More options of ``generate``, like ``no_repeat_ngram_size``. Greedy unless they say otherwise.
        reuse_image: Encodes an image once for all its prompts in a batch (``answer/local/prefix.py``). Refused for
            architectures in which that would change answers.
        prefix_cache: GiB of encoded images to keep for prompts to come, with ``reuse_image``; the last ones stay.

    Raises:
        PromptfitError: A figure is out of its range, or two settings exclude each other.
    """

    device: str = "auto"
    batch_size: int = 32
    attn_implementation: str | None = None
    generation: Mapping[str, Any] | None = field(default=None, hash=False)
    reuse_image: bool = False
    prefix_cache: float = 1.0

    def __post_init__(self) -> None:
        super().__post_init__()
        _ = self.placed  # a device or dtype that there is not is refused now, and not when the model loads
        if self.batch_size < 1:
            raise PromptfitError(f"batch_size={self.batch_size} must be at least 1")
        if self.prefix_cache < 0:
            raise PromptfitError(f"prefix_cache={self.prefix_cache} must be at least 0")
        if self.device == SPREAD and self.reuse_image:
            raise PromptfitError(
                "device=balanced: the layers lie on several GPUs, and what an image's prompts share lies on one; set "
                "`reuse_image: false`, or take vLLM with tensor_parallel_size (docs/gpus.md)"
            )
        several = [name for name in ("num_beams", "num_return_sequences") if self.generated.get(name, 1) > 1]
        if several and self.reuse_image:
            raise PromptfitError(
                f"{several[0]} makes several rows of a prompt, which can't share its image; set `reuse_image: false`"
            )
        if several and self.structured != OFF:
            raise PromptfitError(
                f"{several[0]} makes several rows of a prompt, which can't be held to a schema; say "
                '`structured: "off"`'
            )

    @cached_property
    def placed(self) -> tuple[str, str]:
        """The device and the dtype that ``auto`` stands for here."""
        return choose(self.device, self.dtype)

    @cached_property
    def generated(self) -> dict[str, Any]:
        """Options of ``generate``."""
        stated = {"max_new_tokens": self.max_new_tokens, "repetition_penalty": self.repetition_penalty}
        return {"do_sample": False, **stated, **(self.generation or {})}

    @cached_property
    def identity(self) -> str:
        """Names the checkpoint, and every setting that changes an answer.

        A reused image changes none in float32, as tests hold; of half precision a last bit may decide a token. On a CPU
        in float32 a release of torch or transformers gives the same answers, token for token; elsewhere its kernels
        round otherwise.
        """
        precision = self.placed[1]
        reuse = {"reuse_image": True} if self.reuse_image and precision != "float32" else {}
        rounding = {} if self.placed == ("cpu", "float32") else {"versions": versions("torch", "transformers")}
        return canonical_json(
            {
                "answerer": "transformers",
                **self.named(),
                "dtype": precision,
                **rounding,
                **reuse,
                "attention": self.attn_implementation,
                "pixels": (self.min_pixels, self.max_pixels),
                "generation": self.generated,
            }
        )
