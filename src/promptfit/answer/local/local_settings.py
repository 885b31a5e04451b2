"""What a checkpoint of transformers is asked with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from typing import Any

from promptfit.answer.local.checkpoint import Checkpoint, locate
from promptfit.answer.local.device import choose
from promptfit.support.canonical import canonical_json
from promptfit.types import PromptfitError


@dataclass(frozen=True)
class LocalSettings:
    """A checkpoint that is on this disk or on the hub, and how it is asked.

    Args:
        checkpoint: A folder (relative to the project's root) or a name on the hub.
        revision: Branch, tag or commit on the hub.
        dtype: ``auto`` is float32 on a CPU and bfloat16 on a GPU.
        device: ``auto``, ``cpu``, ``cuda``, ``cuda:1``, ``mps``.
        batch_size: Requests at a time; halved by itself where memory does not suffice.
        max_new_tokens: Where an answer is cut.
        min_pixels: Smaller images are enlarged to this many pixels (Qwen's families only).
        max_pixels: Larger images are shrunk to this many pixels (Qwen's families only).
        attn_implementation: ``sdpa``, ``eager``, ``flash_attention_2``; the library's choice by default.
        trust_remote_code: Runs code that comes with the checkpoint. Without it such a checkpoint is refused.
        chat_template: For checkpoints without one: Jinja, as transformers has it.
        processor_options: More options of the checkpoint's own processor, like ``do_pan_and_scan``.
        generation: More options of ``generate``, like ``repetition_penalty``. Greedy unless they say otherwise.
        reuse_image: Encodes an image once for all its prompts in a batch (``answer/local/prefix.py``). Refused for
            architectures in which that would change answers.

    Raises:
        PromptfitError: A figure is out of its range, or two settings exclude each other.
    """

    checkpoint: str
    revision: str | None = None
    dtype: str = "auto"
    device: str = "auto"
    batch_size: int = 32
    max_new_tokens: int = 64
    min_pixels: int | None = None
    max_pixels: int | None = None
    attn_implementation: str | None = None
    trust_remote_code: bool = False
    chat_template: str | None = None
    processor_options: Mapping[str, Any] | None = field(default=None, hash=False)
    generation: Mapping[str, Any] | None = field(default=None, hash=False)
    reuse_image: bool = False

    def __post_init__(self) -> None:
        _ = self.placed  # a device or dtype that there is not is refused now, and not when the model loads
        if self.batch_size < 1 or self.max_new_tokens < 1:
            raise PromptfitError(
                f"batch_size={self.batch_size} and max_new_tokens={self.max_new_tokens} must be at least 1"
            )
        several = [name for name in ("num_beams", "num_return_sequences") if self.generated.get(name, 1) > 1]
        if several and self.reuse_image:
            raise PromptfitError(
                f"{several[0]} makes several rows of a prompt, which can't share its image; set `reuse_image: false`"
            )

    @cached_property
    def placed(self) -> tuple[str, str]:
        """The device and the dtype that ``auto`` stands for here."""
        return choose(self.device, self.dtype)

    @cached_property
    def generated(self) -> dict[str, Any]:
        """Options of ``generate``."""
        return {"do_sample": False, "max_new_tokens": self.max_new_tokens, **(self.generation or {})}

    @cached_property
    def located(self) -> Checkpoint:
        """Where the checkpoint lies."""
        return locate(self.checkpoint, self.revision)

    @cached_property
    def identity(self) -> str:
        """Names the checkpoint by the digests of its files, and every setting that changes an answer."""
        return canonical_json(
            {
                "answerer": "transformers",
                "checkpoint": self.located.name,
                "files": self.located.digests(),
                "dtype": self.placed[1],
                "attention": self.attn_implementation,
                "pixels": (self.min_pixels, self.max_pixels),
                "template": self.chat_template and sha256(self.chat_template.encode()).hexdigest(),
                "processor": dict(self.processor_options or {}),
                "generation": self.generated,
            }
        )
