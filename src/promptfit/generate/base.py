"""What a generator is, and the one that is asked nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from promptfit.types import PromptfitError


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of the talk with a generator."""

    role: str
    """``system``, ``user`` or ``assistant``."""
    text: str
    images: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class Completion:
    """What a generator replied, and what that took."""

    text: str
    tokens_in: int = 0
    tokens_out: int = 0
    seconds: float = 0.0
    cost: float = 0.0


class Generator(Protocol):
    """Proposes prompts when asked. ``name`` becomes the label of the prompt collection."""

    name: str
    strategy: str
    """The strategy that the generator is used with unless the person says otherwise."""

    def complete(self, messages: Sequence[Message]) -> Completion:
        """Returns the reply to the messages, the last of which is the user's."""


@dataclass(frozen=True, slots=True)
class NoGenerator:
    """Stands where a strategy needs no generator, so that every search has a label."""

    name: str = "edits"
    strategy: str = "edits"

    def complete(self, messages: Sequence[Message]) -> Completion:
        """Refuses: there is nobody to ask.

        Raises:
            PromptfitError: Always.
        """
        raise PromptfitError(
            f"generator={self.name} has no model behind it, so only strategy={self.strategy} works with it; "
            "name another generator, see `promptfit search --help`"
        )
