"""What generators replied, kept so that no completion is ever paid for twice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from threading import Lock

from promptfit.data.images import inspect
from promptfit.data.privacy import Privacy, leaves
from promptfit.generate.generator import Completion, Generator, Message, Quote
from promptfit.support.cache.cached_texts import key_of
from promptfit.support.cache.sourced_texts import SourcedTexts
from promptfit.support.cache.sources import Served, Sources
from promptfit.types import PromptfitError


def key(identity: str, messages: Sequence[Message], draw: int) -> bytes:
    """sha256 over everything that a completion depends on; an image counts by what it shows, not by its path.

    Raises:
        PromptfitError: An image can't be read.
    """
    parts = [identity, str(draw)]
    for message in messages:
        parts += [message.role, message.text, str(len(message.images)), *map(_digest, message.images)]
    return key_of(parts)


class CompletionCache(SourcedTexts[Completion]):
    """Completions by generator, beside the answers in the same file."""

    texts, speaker, record = "completions", "generator", Completion


class CachedGenerator:
    """A generator that looks into a store first and keeps what it has to ask. Threads may call it side by side.

    Identical calls that are under way at once are asked once: the others wait for the first. It alone asks generators,
    so it alone sees to it that nothing of private data reaches one elsewhere: messages hold images, true answers and
    mistakes.

    Args:
        generator: Who is asked.
        store: The kept completions.
        privacy: What a generator elsewhere may not be told; without it, anything.

    Raises:
        PromptfitError: The data is private and the generator elsewhere, or nobody knows whether it is.

    Attributes:
        kept: Completions that cost nothing.
        asked: Completions that the generator gave.
    """

    def __init__(self, generator: Generator, store: CompletionCache, privacy: Privacy | None = None) -> None:
        self.name, self.strategy, self.start = generator.name, generator.strategy, generator.start
        self.vision, self.remote, self.concurrency = generator.vision, generator.remote, generator.concurrency
        self.most_images = generator.most_images
        self.kept = self.asked = 0
        self._generator, self._store, self._privacy = generator, store, privacy or Privacy()
        self._keep_private(())
        self._sources = Sources(generator, store) if isinstance(generator, Served) else None
        self._lock = Lock()
        self._turns: dict[bytes, Lock] = defaultdict(Lock)

    @property
    def identity(self) -> str:
        """The generator's own, with the model that replies in the place of the one that is asked."""
        return self._sources.identity if self._sources else self._generator.identity

    def check(self) -> None:
        """See ``Generator.check``."""
        self._generator.check()

    def quote(self, messages: Sequence[Message]) -> Quote:
        """The generator's own: what is kept counts like what is new."""
        return self._generator.quote(messages)

    def complete(self, messages: Sequence[Message], draw: int = 0) -> Completion:
        """See ``Generator.complete``; a new completion is committed before it is returned."""
        identity = self.identity
        name = key(identity, messages, draw)
        with self._lock:
            turn = self._turns[name]
        with turn:
            found = self._store.get(identity, [name]).get(name)
            completion = found or self._ask(messages, draw)
        with self._lock:
            self.kept, self.asked = self.kept + bool(found), self.asked + (not found)
        return completion

    def _keep_private(self, messages: Sequence[Message]) -> None:
        who = f"generator={self.name}"
        if leaves(who, self._generator):
            self._privacy.keep_data(who)
            self._privacy.keep_images(who, dict.fromkeys(image for one in messages for image in one.images))

    def _ask(self, messages: Sequence[Message], draw: int) -> Completion:
        self._keep_private(messages)
        said = self._generator.complete(messages, draw)
        # a lone surrogate (half of an emoji, in somebody's JSON) can't be written down
        said = replace(said, text=said.text.encode("utf-8", "replace").decode("utf-8"))
        whose = self._sources.of(said.model) if self._sources else self.identity
        self._store.put(whose, [(key(whose, messages, draw), said)])
        return said


def _digest(image: Path) -> str:
    try:
        stat = image.stat()
        return _digest_of(image, stat.st_mtime_ns, stat.st_size)
    except (OSError, ValueError) as error:
        raise PromptfitError(f"{image}: the image for the generator cannot be read ({error}); put it back") from error


@lru_cache(maxsize=4096)
def _digest_of(image: Path, changed: int, size: int) -> str:
    """See ``Request.image_digest``; looked at once for as long as the file stays as it is."""
    return inspect(image).shown_digest
