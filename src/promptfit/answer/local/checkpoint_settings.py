"""What every back end is told that loads a checkpoint itself."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from promptfit.answer.local.checkpoint import Checkpoint, locate
from promptfit.answer.local.lora_adapter import Adapter, locate_adapter
from promptfit.answer.structured import OFF, check_mode, named_mode
from promptfit.types import PromptfitError


@dataclass(frozen=True)
class CheckpointSettings:
    """A checkpoint that is on this disk or on the hub, and what it is shown.

    Args:
        checkpoint: A folder (relative to the project's root) or a name on the hub.
        revision: Branch, tag or commit on the hub.
        adapter: LoRA weights that go on top: a folder, or a name on the hub.
        dtype: ``auto`` is float32 on a CPU and bfloat16 on a GPU.
        max_new_tokens: Where an answer is cut.
        repetition_penalty: 1 is none. A checkpoint's own generation_config.json may say another, and not every back end
            heeds it.
        structured: ``json`` holds answers to questions for a record to some JSON object, ``schema`` to the object of
            the record's schema; ``off`` leaves them free.
        min_pixels: Smaller images are enlarged to this many pixels (Qwen's families only).
        max_pixels: Larger images are shrunk to this many pixels (Qwen's families only).
        trust_remote_code: Runs code that comes with the checkpoint. Without it such a checkpoint is refused.
        chat_template: For checkpoints without one: Jinja, as transformers has it.
        template_options: Variables of the chat template, like ``enable_thinking``.
        processor_options: More options of the checkpoint's own processor, like ``do_pan_and_scan``.

    Raises:
        PromptfitError: A figure is out of its range.
    """

    checkpoint: str
    revision: str | None = None
    adapter: str | None = None
    dtype: str = "auto"
    max_new_tokens: int = 64
    repetition_penalty: float = 1.0
    structured: str = OFF
    min_pixels: int | None = None
    max_pixels: int | None = None
    trust_remote_code: bool = False
    chat_template: str | None = None
    template_options: Mapping[str, Any] | None = field(default=None, hash=False)
    processor_options: Mapping[str, Any] | None = field(default=None, hash=False)

    def __post_init__(self) -> None:
        if self.max_new_tokens < 1:
            raise PromptfitError(f"max_new_tokens={self.max_new_tokens} must be at least 1")
        check_mode(self.structured)

    @cached_property
    def located(self) -> Checkpoint:
        """Where the checkpoint lies."""
        return locate(self.checkpoint, self.revision)

    @cached_property
    def adapted(self) -> Adapter | None:
        """Where the adapter lies, if there is one."""
        return locate_adapter(self.adapter) if self.adapter else None

    @cached_property
    def checked_systems(self) -> set[str]:
        """System texts that the chat template is known to take, see ``system_role``."""
        return set()

    def origin(self) -> dict[str, Any]:
        """What transformers' ``from_pretrained`` is told."""
        located = self.located
        return {
            "pretrained_model_name_or_path": located.source,
            "trust_remote_code": self.trust_remote_code,
            **({"revision": located.commit} if located.commit else {"local_files_only": True}),
        }

    @property
    def template(self) -> dict[str, Any]:
        """What the processor's ``apply_chat_template`` is told: a template of one's own, and its variables."""
        own = {"chat_template": self.chat_template} if self.chat_template else {}
        return {**(self.template_options or {}), "add_generation_prompt": True, **own}

    def named(self) -> dict[str, Any]:
        """What of these settings changes an answer, the checkpoint by the digests of its files."""
        return {
            "checkpoint": self.located.name,
            "files": self.located.digests(),
            "template": self.chat_template and sha256(self.chat_template.encode()).hexdigest(),
            "processor": dict(self.processor_options or {}),
            **({"adapter": [self.adapted.name, self.adapted.digest]} if self.adapted else {}),
            **({"variables": dict(self.template_options)} if self.template_options else {}),
            **named_mode(self.structured),
        }

    def __getstate__(self) -> dict[str, Any]:
        """Without the loaded model: another process loads its own."""
        return {name: value for name, value in vars(self).items() if name != "_engine"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state)


def versions(*packages: str) -> dict[str, str]:
    """Versions of installed packages, without importing them; empty where there is none."""
    found = {}
    for package in packages:
        with suppress(PackageNotFoundError):
            found[package] = version(package)
    return found
