"""What an image operation is: pixels, a severity and the text's height go in, other pixels come out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from promptfit.types import Box

Pixels = NDArray[np.uint8]
"""(height, width, 3), RGB."""

Points = NDArray[np.float64]
"""(n, 2): x, y in pixels."""

SEVERITIES = (1, 2, 3, 4, 5)
"""1 is hardly visible, 5 is very hard."""

_ALONG = np.linspace(0, 1, 9)
_LEAST = 0.5
"""Pixels a side that a box must keep."""


def stay(points: Points) -> Points:
    """Where points go in an operation that moves nothing."""
    return points


@dataclass(frozen=True, slots=True)
class Altered:
    """What came out of an operation."""

    pixels: Pixels
    move: Callable[[Points], Points] = stay
    """Where points of the image that went in are now."""
    covered: NDArray[np.bool_] | None = None
    """(height, width): where nothing of the document is seen any more; None where all of it is."""

    def carry(self, box: Box) -> Box | None:
        """The upright box around where a box of the image that went in is now; None if nothing of it is to be seen."""
        height, width = self.pixels.shape[:2]
        moved = self.move(_outline(box))
        x1, y1 = np.clip(moved.min(axis=0), 0, (width, height))
        x2, y2 = np.clip(moved.max(axis=0), 0, (width, height))
        if min(x2 - x1, y2 - y1) < _LEAST:
            return None
        if self.covered is not None:
            inside = self.covered[int(y1) : int(np.ceil(y2)), int(x1) : int(np.ceil(x2))]
            if inside.all():
                return None
        return float(x1), float(y1), float(x2), float(y2)


class Operation(Protocol):
    """Alters pixels. Random choices come from ``rng`` alone, and are the same at every severity.

    So a document's glare sits at one place and grows, and damage never falls from one severity to the next.
    """

    @property
    def name(self) -> str:
        """As its YAML in conf/augmentation is called."""

    @property
    def version(self) -> int:
        """Another one for other bytes: answers about the former ones are not taken for answers about these."""

    def __call__(self, pixels: Pixels, severity: float, text_height: float, rng: np.random.Generator) -> Altered:
        """Alters a copy.

        Args:
            pixels: At least one of each side.
            severity: 0 (as it was) to 5; a combination asks for what lies between the whole ones.
            text_height: Pixels of a line of text, more than 0.
            rng: Fresh, seeded by the document.
        """


def level(severity: float, *levels: float) -> float:
    """The value at a severity: ``levels`` holds those at 0, 1, … 5, and lines lie between."""
    return float(np.interp(severity, range(len(levels)), levels))


def blended(below: NDArray[np.floating], above: NDArray[np.floating] | float, share: NDArray[np.floating]) -> Pixels:
    """``above`` laid over ``below``, at each pixel by its share of 0 to 1 (height, width)."""
    weight = share[..., None].astype(np.float32)
    return shades(below * (1 - weight) + above * weight)


def shades(values: NDArray[np.floating]) -> Pixels:
    """Real values as shades of 0 to 255."""
    return np.clip(np.rint(values), 0, 255).astype(np.uint8)


def _outline(box: Box) -> Points:
    """Points all around a box: what bends takes the middle of a side further than its ends."""
    x1, y1, x2, y2 = box
    xs, ys = x1 + (x2 - x1) * _ALONG, y1 + (y2 - y1) * _ALONG
    sides = [(xs, np.full_like(xs, y)) for y in (y1, y2)] + [(np.full_like(ys, x), ys) for x in (x1, x2)]
    return np.concatenate([np.stack(side, axis=1) for side in sides])
