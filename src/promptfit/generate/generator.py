"""What a generator is, and the one that is asked nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Protocol

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
    ended: str = ""
    """Why it ended: ``stop``, ``length`` (cut off); empty where nobody said."""
    model: str = ""
    """What the reply called its model; empty where it did not say."""


@dataclass(frozen=True, slots=True)
class Quote:
    """The most that a call can take, known before it is made."""

    tokens_in: int = 0
    tokens_out: int = 0
    cost: float = 0.0


class Flagged(PromptfitError):
    """A provider's filter refused these messages; others may pass."""


class Generator(Protocol):
    """Proposes prompts when asked. ``name`` becomes the label of the prompt collection."""

    @property
    def name(self) -> str:
        """What its model is called."""

    @property
    def strategy(self) -> str:
        """The strategy that the generator is used with unless the person says otherwise."""

    @property
    def start(self) -> Sequence[str]:
        """Prompt collections, relative to the project's root, whose prompts every field starts from."""

    @property
    def vision(self) -> bool:
        """Whether it is shown images."""

    @property
    def most_images(self) -> int:
        """Images that it is shown of one talk, at most; 0 where it sees none."""

    @property
    def remote(self) -> bool:
        """Whether what it is shown leaves this machine, which a private data set must not."""

    @property
    def concurrency(self) -> int:
        """Calls that may be under way at once."""

    @property
    def identity(self) -> str:
        """Canonical JSON that names everything that changes a completion, and no key."""

    def check(self) -> None:
        """Looks whether it could be asked, before anything is spent.

        Raises:
            PromptfitError: The key's variable is not set, the price is not known, or the like.
        """

    def quote(self, messages: Sequence[Message]) -> Quote:
        """Returns the most that these messages can take; asks nobody."""

    def complete(self, messages: Sequence[Message], draw: int = 0) -> Completion:
        """Returns the reply to the messages, the last of which is the user's. Threads may call it side by side.

        Args:
            messages: The talk so far.
            draw: How often the same messages were asked before: another draw may have another reply.

        Raises:
            Flagged: A filter lets these messages not pass.
            PromptfitError: No reply can be had, now or ever; what was completed before is kept.
        """


@dataclass(frozen=True, slots=True)
class NoGenerator:
    """Stands where a strategy needs no generator: it makes its prompts itself, or reads them from files."""

    name: str
    strategy: str
    start: Sequence[str]
    vision: ClassVar[bool] = False
    most_images: ClassVar[int] = 0
    remote: ClassVar[bool] = False
    concurrency: ClassVar[int] = 1

    @property
    def identity(self) -> str:
        """Nobody has none."""
        return "{}"

    def check(self) -> None:
        """Nothing can be amiss."""

    def quote(self, messages: Sequence[Message]) -> Quote:
        """Nobody takes nothing."""
        return Quote()

    def complete(self, messages: Sequence[Message], draw: int = 0) -> Completion:
        """Refuses: there is nobody to ask.

        Raises:
            PromptfitError: Always.
        """
        raise PromptfitError(
            f"generator={self.name} has no model behind it, so only strategy={self.strategy} works with it; "
            "name another generator, see `promptfit search --help`"
        )
