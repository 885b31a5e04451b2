"""Any vision-language checkpoint that vLLM serves as an answerer: its offline engine, on GPUs or a CPU."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from threading import RLock
from time import perf_counter
from typing import TYPE_CHECKING, ClassVar

from promptfit.answer.answerer import by_image
from promptfit.answer.local.system_role import check_system
from promptfit.answer.shown import Shown, name_of, shown_once
from promptfit.answer.vllm.offline_settings import OfflineSettings
from promptfit.types import Answer, NoAnswer, Request

if TYPE_CHECKING:
    from PIL.Image import Image

    from promptfit.answer.vllm.offline_engine import OfflineEngine


PICTURES = 2 * 2**30
"""Bytes of decoded images that may be in flight; vLLM holds each until its last request is finished."""
_TURN = RLock()
"""An engine's next step may finish anybody's request: callers take turns, and read one call's answers to the end."""


class OfflineAnswerer(OfflineSettings):
    """Asks a checkpoint of ``OfflineSettings`` through vLLM. The engine starts at the first question."""

    remote: ClassVar[bool] = False

    @cached_property
    def _engine(self) -> OfflineEngine:
        from promptfit.answer.vllm.offline_engine import OfflineEngine

        return OfflineEngine(self)

    def answer(self, requests: Sequence[Request]) -> Iterator[tuple[int, Answer | NoAnswer]]:
        """See ``Answerer.answer``: each answer as soon as it is finished, so that a kill loses only what is in flight.

        The engine always has twice as many requests as it works on at a time, so that it never waits for one, unless
        their images take more than ``PICTURES``.
        """
        with _TURN:
            yield from self._answered(requests)

    def _answered(self, requests: Sequence[Request]) -> Iterator[tuple[int, Answer | NoAnswer]]:
        check_system(self, requests)
        engine = self._engine
        running: dict[str, int] = {}
        held = _Held()
        waiting = deque(by_image(requests))
        image_of, busy = _reader(), 0.0
        try:
            while waiting or running:
                began = perf_counter()
                done: list[tuple[int, Answer | NoAnswer]] = []
                while waiting and len(running) < engine.room and (held.bytes < PICTURES or not running):
                    index = waiting.popleft()
                    image = image_of(requests[index])
                    name = image if isinstance(image, NoAnswer) else engine.add(requests[index], image)
                    if isinstance(name, NoAnswer):
                        done.append((index, name))
                    else:
                        running[name] = index
                        held.add(name_of(requests[index]), image)
                outputs = engine.step() if running else []
                finished = [(running.pop(name), said) for name, said in outputs if name in running]
                busy += perf_counter() - began
                for index, said in finished:
                    held.drop(name_of(requests[index]))
                    each = busy / len(finished)
                    yield index, replace(said, seconds=each) if isinstance(said, Answer) else said
                yield from done
                busy = 0.0 if finished else busy
        finally:
            engine.drop(running)


class _Held:
    """The images of requests that are in flight.

    Attributes:
        bytes: What they take, each counted once.
    """

    def __init__(self) -> None:
        self.bytes = 0
        self._requests: Counter[Shown] = Counter()
        self._sizes: dict[Shown, int] = {}

    def add(self, name: Shown, image: Image | NoAnswer) -> None:
        """One more request is about it."""
        if not self._requests[name] and not isinstance(image, NoAnswer):
            self._sizes[name] = image.width * image.height * len(image.getbands())
            self.bytes += self._sizes[name]
        self._requests[name] += 1

    def drop(self, name: Shown) -> None:
        """One of them is finished."""
        self._requests[name] -= 1
        if not self._requests[name]:
            self.bytes -= self._sizes.pop(name)


def _reader() -> Callable[[Request], Image | NoAnswer]:
    """Reads images; as requests come ordered by image, the one that was read last is all that is worth keeping."""
    last: dict[tuple[str, str], Image | NoAnswer] = {}

    def read(request: Request) -> Image | NoAnswer:
        nonlocal last
        if name_of(request) not in last:
            last = shown_once([request])
        return last[name_of(request)]

    return read
