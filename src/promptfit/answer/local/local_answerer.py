"""Any ``AutoModelForImageTextToText`` checkpoint as an answerer: batched, greedy, on a CPU or one GPU."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property, partial
from itertools import groupby
from threading import RLock
from typing import TYPE_CHECKING, ClassVar, TypeVar

from promptfit.answer.answerer import by_image
from promptfit.answer.local.local_settings import LocalSettings
from promptfit.answer.local.lost_device import check_device
from promptfit.answer.local.system_role import check_system
from promptfit.answer.shown import Shown, name_of, shown_once
from promptfit.types import Answer, NoAnswer, PromptfitError, Request

if TYPE_CHECKING:
    from PIL.Image import Image

    from promptfit.answer.attending import Gaze
    from promptfit.answer.local.loaded import Images
    from promptfit.answer.local.local_engine import LocalEngine

Made = TypeVar("Made")

log = logging.getLogger(__name__)

_TURN = RLock()
"""One batch at a time in a process: models share its cores or GPU, and a batch changes its model's attention."""


class LocalAnswerer(LocalSettings):
    """Asks a checkpoint of ``LocalSettings``. The model is loaded at the first question."""

    remote: ClassVar[bool] = False

    @cached_property
    def _engine(self) -> LocalEngine:
        from promptfit.answer.local.local_engine import LocalEngine

        return LocalEngine(self)

    @property
    def _loaded(self) -> LocalEngine:
        """The engine; whoever comes first loads it."""
        with _TURN:
            return self._engine

    def answer(self, requests: Sequence[Request]) -> Iterator[tuple[int, Answer | NoAnswer]]:
        """See ``Answerer.answer``: batch by batch, requests of one image together."""

        def ask(pictures: Images, batch: Sequence[int]) -> list[Answer]:
            said: list[Answer] = self._engine.answer([requests[index] for index in batch], pictures)
            return said

        return self._batches(requests, ask)

    def attend(
        self, requests: Sequence[Request], answers: Sequence[str], generic: str
    ) -> Iterator[tuple[int, Gaze | NoAnswer]]:
        """See ``Attending.attend``; in the same batches."""
        from promptfit.answer.local.attention_maps import gazes

        def look(pictures: Images, batch: Sequence[int]) -> list[Gaze]:
            own, said = [requests[index] for index in batch], [answers[index] for index in batch]
            seen: list[Gaze] = gazes(self._engine.branching, own, said, generic, pictures)
            return seen

        return self._batches(requests, look)

    def _batches(
        self, requests: Sequence[Request], work: Callable[[Images, Sequence[int]], list[Made]]
    ) -> Iterator[tuple[int, Made | NoAnswer]]:
        """What is made of the requests, or why there is nothing, a batch at a time."""
        check_system(self, requests)
        batch: list[int] = []
        pictures: dict[Shown, Image] = {}
        tokens, engine = 0, self._loaded
        for name, about in groupby(by_image(requests), lambda index: name_of(requests[index])):
            of_image = list(about)
            image = shown_once([requests[of_image[0]]])[name]
            if isinstance(image, NoAnswer):
                yield from ((index, image) for index in of_image)
                continue
            for index in of_image:
                encoded = self.reuse_image and name in pictures
                more = engine.tokens(requests[index], None if encoded else image)
                if batch and not engine.packing.takes(len(batch) + 1, tokens + more):
                    yield from self._made(batch, partial(work, pictures), tokens)
                    batch, pictures, tokens = [], {}, 0
                    more = engine.tokens(requests[index], image)
                batch, pictures[name], tokens = [*batch, index], image, tokens + more
        if batch:
            yield from self._made(batch, partial(work, pictures), tokens)

    def _made(
        self, batch: Sequence[int], work: Callable[[Sequence[int]], list[Made]], tokens: int
    ) -> Iterator[tuple[int, Made | NoAnswer]]:
        """Does a batch; where memory does not suffice, in halves; where it fails for another reason, one by one."""
        try:
            with _TURN:
                made = work(batch)
        except PromptfitError:
            raise
        except Exception as error:
            check_device(self.checkpoint, error)
            reason = f"{type(error).__name__}: {error}"
            halves = self._engine.too_large(error, tokens)
        else:
            self._engine.packing.went(tokens)
            yield from zip(batch, made, strict=True)
            return
        self._engine.free()  # only here: the error, gone by now, held the batch's tensors
        if len(batch) == 1:
            yield batch[0], NoAnswer(reason)
            return
        if halves:
            log.warning("a batch of %d requests failed and is asked again in halves: %s", len(batch), reason)
        size = len(batch) // 2 if halves else 1
        for start in range(0, len(batch), size):
            part = batch[start : start + size]
            yield from self._made(part, work, tokens * len(part) // len(batch))
