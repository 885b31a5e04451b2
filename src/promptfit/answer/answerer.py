"""What an answerer is, and the order in which requests go out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from promptfit.types import Answer, NoAnswer, Request


class Answerer(Protocol):
    """Shows a model one image and one prompt at a time and yields what it says.

    The image is what ``answer.shown.shown(request)`` gives: upright, RGB, altered as the request says.
    """

    @property
    def identity(self) -> str:
        """Canonical JSON that names everything that changes an answer; cheap, no weights are loaded for it."""

    @property
    def remote(self) -> bool:
        """Whether images leave this machine: a private data set is not shown then unless the person says so."""

    def answer(self, requests: Sequence[Request]) -> Iterator[tuple[int, Answer | NoAnswer]]:
        """Yields ``(index of the request, its answer or why there is none)``, each request once.

        In any order, as answers arrive. A request that fails does not stop the others.

        Raises:
            PromptfitError: The answerer cannot work at all, or not any more; what came before was yielded.
        """


def by_image(requests: Sequence[Request]) -> list[int]:
    """Returns the indices in the order to ask in: requests of one image together, short prompts first."""
    return sorted(
        range(len(requests)),
        key=lambda index: (
            requests[index].image_digest,
            requests[index].altered,
            requests[index].system,
            len(requests[index].prompt),
            requests[index].prompt,
        ),
    )
