"""What an operation is: it alters an image, and says where the points of the old image went."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from promptfit.types import Box

Pixels = NDArray[np.uint8]
"""Shape ``(height, width, 3)``, RGB."""
Matrix = NDArray[np.float64]
"""Shape ``(3, 3)``: a homography from old to new pixel coordinates."""

SEVERITIES = (1, 2, 3, 4, 5)


@dataclass(frozen=True, slots=True)
class Altered:
    """An altered image."""

    pixels: Pixels
    matrix: Matrix | None = None
    """How points moved; None where they stayed."""

    def carry(self, box: Box) -> Box | None:
        """The upright box around the moved box, cut to the image; None where nothing of it is left in there."""
        x1, y1, x2, y2 = box
        if self.matrix is not None:
            corners = np.array([[x1, y1, 1], [x2, y1, 1], [x2, y2, 1], [x1, y2, 1]]) @ self.matrix.T
            points = corners[:, :2] / corners[:, 2:]
            (x1, y1), (x2, y2) = points.min(axis=0), points.max(axis=0)
        height, width = self.pixels.shape[:2]
        x1, y1, x2, y2 = max(0.0, x1), max(0.0, y1), min(float(width), x2), min(float(height), y2)
        return (float(x1), float(y1), float(x2), float(y2)) if x1 < x2 and y1 < y2 else None


class Operation(Protocol):
    """Alters images; severity 1 is hardly seen, 5 is hard to read.

    The same arguments give the same bytes. Whoever changes what an operation does counts its ``version`` up, so that
    answers kept of the old one are not taken for answers of the new one.
    """

    name: str
    version: int

    def __call__(self, pixels: Pixels, severity: int, text_height: float, rng: np.random.Generator) -> Altered:
        """Alters an image.

        Args:
            pixels: The image; it is not changed.
            severity: 1 to 5.
            text_height: Height of a line of its text in pixels: damage is sized by it, so that a severity is as hard
                to read in a large scan as in a small photo.
            rng: The only source of chance.
        """


def level(values: tuple[float, float, float, float, float], severity: int) -> float:
    """The severity's figure."""
    return values[severity - 1]


def stamped(matrix: Matrix, then: Matrix) -> Matrix:
    """First one homography, then the other."""
    return then @ matrix


def clipped(values: NDArray[np.floating]) -> Pixels:
    """Back to bytes."""
    return np.clip(np.rint(values), 0, 255).astype(np.uint8)
