"""What answerers said, kept so that no answer is ever paid for twice."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from promptfit.answer.answerer import Answerer, Unanswered
from promptfit.support.cache.cached_texts import CachedTexts, key_of
from promptfit.types import Answer, Request

AT_A_TIME = 5000
"""Requests that are looked up, and those missing handed over, at a time: memory stays flat however many there are."""


def key(identity: str, request: Request) -> bytes:
    """sha256 over everything that an answer depends on."""
    return key_of((identity, request.image_digest, request.augmentation, request.prompt, request.system))


class AnswerCache(CachedTexts[Answer]):
    """Answers by answerer."""

    texts, speaker, record = "answers", "answerer", Answer


class CachedAnswerer:
    """An answerer that looks into a store first and keeps what it has to ask.

    Attributes:
        kept: Answers that cost nothing: they were in the store, or asked by the same call for another request.
        asked: Answers that the answerer gave.
    """

    def __init__(self, answerer: Answerer, store: AnswerCache) -> None:
        self._answerer, self._store = answerer, store
        self.kept = self.asked = 0

    @property
    def identity(self) -> str:
        """The answerer's own."""
        return self._answerer.identity

    def answer(self, requests: Sequence[Request]) -> Iterator[tuple[int, Answer]]:
        """See ``Answerer.answer``; every new answer is committed before it is yielded."""
        failures: dict[int, str] = {}
        for start in range(0, len(requests), AT_A_TIME):
            yield from self._some(requests, range(start, min(start + AT_A_TIME, len(requests))), failures)
        if failures:
            raise Unanswered(failures, requests)

    def _some(
        self, requests: Sequence[Request], indices: Sequence[int], failures: dict[int, str]
    ) -> Iterator[tuple[int, Answer]]:
        places: dict[bytes, list[int]] = {}
        for index in indices:
            places.setdefault(key(self.identity, requests[index]), []).append(index)
        for name, answer in self._store.get(self.identity, list(places)).items():
            same = places.pop(name)
            self.kept += len(same)
            yield from ((index, answer) for index in same)
        if not places:
            return
        missing = list(places.items())
        try:
            for number, answer in self._answerer.answer([requests[same[0]] for _, same in missing]):
                name, same = missing[number]
                self._store.put(self.identity, [(name, answer)])
                self.asked += 1
                self.kept += len(same) - 1
                yield from ((index, answer) for index in same)
        except Unanswered as error:
            failures.update((index, why) for number, why in error.failures.items() for index in missing[number][1])
