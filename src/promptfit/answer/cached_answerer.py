"""What answerers said, kept so that no answer is ever paid for twice."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from threading import Lock

from promptfit.answer.answerer import Answerer
from promptfit.answer.structured import OFF, constraint_of
from promptfit.data.privacy import Privacy, leaves
from promptfit.support.cache.cached_texts import key_of
from promptfit.support.cache.sourced_texts import SourcedTexts
from promptfit.support.cache.sources import Served, Sources
from promptfit.types import Answer, NoAnswer, Request

AT_A_TIME = 5000
"""Requests that are looked up, and those missing handed over, at a time: memory stays flat however many there are."""


def key(identity: str, request: Request, constraint: str = "") -> bytes:
    """sha256 over everything that an answer depends on; the first draw is what a request without a number asks for.

    Args:
        identity: The answerer's.
        request: What it is asked.
        constraint: The JSON Schema that the answer is held to, see ``answer.structured``.
    """
    parts = (identity, request.image_digest, request.altered, request.prompt, request.system)
    if constraint:
        return key_of((*parts, str(request.draw), constraint))
    return key_of((*parts, str(request.draw)) if request.draw else parts)


class AnswerCache(SourcedTexts[Answer]):
    """Answers by answerer."""

    texts, speaker, record = "answers", "answerer", Answer


class CachedAnswerer:
    """An answerer that looks into a cache first and keeps what it has to ask. Threads may use it side by side.

    It alone asks back ends, so it alone sees to it that no private image reaches one elsewhere.

    Args:
        answerer: The back end.
        cache: The kept answers.
        privacy: What a back end elsewhere may not be shown; without it, all images that are not public.

    Raises:
        PromptfitError: The run's data is private and the back end elsewhere, or nobody knows whether it is.

    Attributes:
        kept: Answers that cost nothing: they were in the cache, or asked by the same call for another request.
        asked: Answers that the answerer gave.
    """

    def __init__(self, answerer: Answerer, cache: AnswerCache, privacy: Privacy | None = None) -> None:
        self._answerer, self._cache, self._privacy = answerer, cache, privacy or Privacy()
        self._structured: str = getattr(answerer, "structured", OFF)
        self._who = f"model={getattr(answerer, 'name', type(answerer).__name__)}"
        self._keep_private(())
        self.kept = self.asked = 0
        self._sources = Sources(answerer, cache) if isinstance(answerer, Served) else None
        self._lock = Lock()

    @property
    def identity(self) -> str:
        """The answerer's own, with what its servers say that they serve, and what replies say that they are."""
        return self._sources.identity if self._sources else self._answerer.identity

    @property
    def remote(self) -> bool:
        """The answerer's own."""
        return self._answerer.remote

    @property
    def max_new_tokens(self) -> int | None:
        """Where the answerer's answers are cut, if anywhere."""
        limit = getattr(self._answerer, "max_new_tokens", None)
        return limit if isinstance(limit, int) else None

    def answer(self, requests: Sequence[Request]) -> Iterator[tuple[int, Answer | NoAnswer]]:
        """See ``Answerer.answer``; every new answer is committed before it is yielded.

        One that was cut off before it said anything (``Answer.said``) is not kept: the next run asks again.
        """
        for start in range(0, len(requests), AT_A_TIME):
            yield from self._some(requests, range(start, min(start + AT_A_TIME, len(requests))))

    def _keep_private(self, requests: Sequence[Request]) -> None:
        if leaves(self._who, self._answerer):
            self._privacy.keep_images(self._who, dict.fromkeys(request.image for request in requests))

    def close(self) -> None:
        """Closes the cache's file."""
        self._cache.close()

    def _key(self, identity: str, request: Request) -> bytes:
        return key(identity, request, constraint_of(self._structured, request))

    def _count(self, kept: int, asked: int = 0) -> None:
        with self._lock:
            self.kept, self.asked = self.kept + kept, self.asked + asked

    def _some(self, requests: Sequence[Request], indices: Sequence[int]) -> Iterator[tuple[int, Answer | NoAnswer]]:
        places: dict[bytes, list[int]] = {}
        identity = self.identity
        for index in indices:
            places.setdefault(self._key(identity, requests[index]), []).append(index)
        for name, kept in self._cache.get(identity, list(places)).items():
            if not kept.said:
                continue
            same = places.pop(name)
            self._count(kept=len(same))
            yield from ((index, kept) for index in same)
        if not places:
            return
        missing = list(places.items())
        asked = [requests[same[0]] for _, same in missing]
        self._keep_private(asked)
        for number, said in self._answerer.answer(asked):
            _, same = missing[number]
            if isinstance(said, Answer):
                whose = self._sources.of(said.model) if self._sources else identity
                if said.said:
                    self._cache.put(whose, [(self._key(whose, asked[number]), said)])
                self._count(kept=len(same) - 1, asked=1)
            yield from ((index, said) for index in same)
