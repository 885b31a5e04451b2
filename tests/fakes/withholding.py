"""A scripted answerer (a stand-in, no model) that refuses some images, and prompts with a placeholder in them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from promptfit.answer.answerer import Answerer
from promptfit.types import Answer, NoAnswer, Request


class Withholding:
    """Answers as another does, or with a name; but for what a filter or the model can't stand.

    Args:
        inner: Who is asked else.
        images: Names of images' files, or their digests, that are refused whatever is asked.
    """

    remote, identity = False, "withholding"

    def __init__(self, inner: Answerer | None = None, images: Collection[str] = ()) -> None:
        self.inner, self.images = inner, images
        self.refused = 0

    def answer(self, requests: Sequence[Request]) -> Iterator[tuple[int, Answer | NoAnswer]]:
        whys = {index: why for index, one in enumerate(requests) if (why := self._why(one))}
        self.refused += len(whys)
        yield from ((index, NoAnswer(why)) for index, why in whys.items())
        rest = [index for index in range(len(requests)) if index not in whys]
        if self.inner is None:
            yield from ((index, Answer("Анна", ended="stop")) for index in rest)
        else:
            said = self.inner.answer([requests[index] for index in rest])
            yield from ((rest[place], one) for place, one in said)

    def _why(self, request: Request) -> str:
        if request.image.name in self.images or request.image_digest in self.images:
            return "the filter struck"
        return "the prompt holds a placeholder" if "<|image_pad|>" in request.prompt else ""
