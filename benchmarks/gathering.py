"""One answerer for many searches at once: what they ask while it is busy is asked together.

Most of a small model's time goes into the image, and an image is encoded once for all prompts of a batch. Searches side
by side ask the same few documents, so that asked together they take a fraction of the time of one after another.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from queue import SimpleQueue

from promptfit.answer.answerer import Answerer
from promptfit.types import Answer, NoAnswer, Request

Call = tuple[Sequence[Request], "Future[list[Answer | NoAnswer]]"]


class Gathering:
    """An answerer for threads; the real one is asked by one thread of its own, which ends with the process.

    Attributes:
        answered: Logical requests so far.
    """

    remote = False

    def __init__(self, answerer: Answerer) -> None:
        self.identity = answerer.identity
        self.answered = 0
        self._answerer = answerer
        self._stopped = False
        self._calls: SimpleQueue[Call] = SimpleQueue()
        threading.Thread(target=self._serve, name="answers", daemon=True).start()

    def answer(self, requests: Sequence[Request]) -> Iterator[tuple[int, Answer | NoAnswer]]:
        """See ``Answerer.answer``; waits until its turn is over."""
        future: Future[list[Answer | NoAnswer]] = Future()
        self._calls.put((requests, future))
        yield from enumerate(future.result())

    def stop(self) -> None:
        """From now on every call fails, so that searches end at once when a person breaks them off."""
        self._stopped = True

    def _serve(self) -> None:
        while True:
            calls = [self._calls.get()]
            while not self._calls.empty():
                calls.append(self._calls.get())
            self._ask(calls)

    def _ask(self, calls: Sequence[Call]) -> None:
        flat = [request for requests, _ in calls for request in requests]
        try:
            if self._stopped:
                raise RuntimeError("the answerer was stopped")
            answers = dict(self._answerer.answer(flat))
        except BaseException as fault:
            for _, future in calls:
                future.set_exception(fault)
            return
        self.answered += len(flat)
        start = 0
        for requests, future in calls:
            future.set_result([answers[start + index] for index in range(len(requests))])
            start += len(requests)
