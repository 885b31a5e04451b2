"""What an image operation is: pixels, a severity and the text's height go in, other pixels come out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from promptfit.types import Box

Pixels = NDArray[np.uint8]
"""(height, width, 3), RGB."""

Floats = NDArray[np.floating]

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

    name: str
    """As its YAML in conf/augmentation is called."""
    version: int
    """Counted up when the bytes change: answers about the former ones are not taken for answers about these."""

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


def shades(values: Floats) -> Pixels:
    """Real values as shades of 0 to 255."""
    return np.clip(np.rint(values), 0, 255).astype(np.uint8)


def laid_over(pixels: Pixels, colour: Pixels | Sequence[int], share: Floats) -> Pixels:
    """Something over the pixels, at each of them by its share of 0 to 1: (height, width)."""
    weight = share.astype(np.float32)[..., None]
    return shades(pixels + (np.asarray(colour, dtype=np.float32) - pixels) * weight)


def grained(shape: tuple[int, ...], text_height: float, draw: Callable[[tuple[int, ...]], Floats]) -> Floats:
    """Noise in grains that grow with the text, so that a large scan is not less noisy to the reader.

    Args:
        shape: (height, width), or with channels.
        text_height: Pixels; a grain is a twelfth of it, at least a pixel.
        draw: Draws so many values.
    """
    import cv2

    height, width = shape[:2]
    size = max(1.0, text_height / 12)
    if size == 1:
        return draw(shape)
    small = draw((max(1, round(height / size)), max(1, round(width / size)), *shape[2:]))
    grains: Floats = cv2.resize(small, (width, height), interpolation=cv2.INTER_NEAREST).reshape(shape)
    return grains


def around(pixels: Pixels, row: float, column: float) -> tuple[Floats, Floats]:
    """y and x of all pixels as they are seen from a point; they broadcast to (height, width)."""
    height, width = pixels.shape[:2]
    y = np.arange(height, dtype=np.float32)[:, None] + 0.5 - row
    return y, np.arange(width, dtype=np.float32)[None] + 0.5 - column


def _outline(box: Box) -> Points:
    """Points all around a box: what bends takes the middle of a side further than its ends."""
    x1, y1, x2, y2 = box
    xs, ys = x1 + (x2 - x1) * _ALONG, y1 + (y2 - y1) * _ALONG
    sides = [(xs, np.full_like(xs, y)) for y in (y1, y2)] + [(np.full_like(ys, x), ys) for x in (x1, x2)]
    return np.concatenate([np.stack(side, axis=1) for side in sides])
