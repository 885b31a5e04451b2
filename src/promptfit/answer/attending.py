"""What an answerer gives that can say where it looked; few can."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from promptfit.types import NoAnswer, PromptfitError, Request

Map = NDArray[np.float32]
"""Attention by layer over the grid of the image's tokens, shape ``(layers, rows, columns)``."""


@dataclass(frozen=True, slots=True)
class Gaze:
    """Where an answer's tokens looked: attention weights, averaged over heads; the grid spans the whole image."""

    question: Map
    """While the answer was said: averaged over its tokens, each at the place from which it is predicted."""
    generic: Map
    """Where the first word of an answer to the generic prompt would be predicted."""


class NoAttention(PromptfitError):
    """The answerer's attention can't be laid over the image; the message says why."""


@runtime_checkable
class Attending(Protocol):
    """An answerer that says where it looked."""

    def attend(
        self, requests: Sequence[Request], answers: Sequence[str], generic: str
    ) -> Iterator[tuple[int, Gaze | NoAnswer]]:
        """Yields ``(index of the request, its gaze or why there is none)`` in any order.

        Args:
            requests: What was asked.
            answers: What was said, by request; it is not generated again where the text suffices.
            generic: A prompt that asks for nothing in particular.

        Raises:
            NoAttention: The image's tokens of this model form no grid.
        """
