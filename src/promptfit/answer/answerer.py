"""What an answerer is, and how it says that some requests got no answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

from promptfit.types import Answer, PromptfitError, Request


class Answerer(Protocol):
    """Shows a model one image and one prompt at a time and yields what it says."""

    @property
    def identity(self) -> str:
        """Canonical JSON that names everything that changes an answer; cheap, no weights are loaded for it."""

    def answer(self, requests: Sequence[Request]) -> Iterator[tuple[int, Answer]]:
        """Yields ``(index of the request, its answer)`` in any order, as answers arrive.

        Every request is either yielded once or, after all others, named by ``Unanswered``.

        Raises:
            Unanswered: Some requests could not be answered; the rest went on and was yielded.
            PromptfitError: The answerer cannot work at all.
        """


class Unanswered(PromptfitError):
    """Requests that got no answer, each for a reason of its own. They are never scored or stored.

    Attributes:
        failures: Reason by index of the request.
    """

    def __init__(self, failures: Mapping[int, str], requests: Sequence[Request]) -> None:
        self.failures = dict(failures)
        first = min(self.failures)
        super().__init__(
            f"{len(self.failures)} of {len(requests)} requests got no answer; the first: {requests[first].image}, "
            f"prompt {requests[first].prompt[:80]!r}: {self.failures[first]}. "
            "Mend that and run again: what was answered is kept"
        )


def by_image(requests: Sequence[Request]) -> list[int]:
    """Returns the indices in the order to ask in: requests of one image together, short prompts first."""
    return sorted(
        range(len(requests)),
        key=lambda index: (
            requests[index].image_digest,
            requests[index].augmentation,
            requests[index].system,
            len(requests[index].prompt),
            requests[index].prompt,
        ),
    )
