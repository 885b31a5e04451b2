"""Turned and tilted pages: as large as they become, on the colour of their own border."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from promptfit.augment.operation import Altered, Pixels, Points, level

Matrix = NDArray[np.float64]
"""(3, 3): a homography of points in pixels."""

_LEAST = 4
"""Pixels a side of an image that answerers take."""


class Rotation:
    """Askew by some degrees, to either side."""

    name, version = "rotation", 1

    def __call__(self, pixels: Pixels, severity: float, text_height: float, rng: np.random.Generator) -> Altered:
        """See ``Operation``."""
        side = 1 if rng.random() < 0.5 else -1
        angle = np.deg2rad(side * level(severity, 0, 2, 5, 10, 18, 30) * rng.uniform(0.85, 1.15))
        cos, sin = np.cos(angle), np.sin(angle)
        return _warped(pixels, np.array([[cos, -sin, 0], [sin, cos, 0], [0, 0, 1]]))


class QuarterTurn:
    """Lying on a side or upside down: every fifth document at severity 1, all of them at 5."""

    name, version = "quarter_turn", 1

    def __call__(self, pixels: Pixels, severity: float, text_height: float, rng: np.random.Generator) -> Altered:
        """See ``Operation``; there is no half of a quarter turn, so it is the documents that become more."""
        turns, drawn = int(rng.integers(1, 4)), rng.random()
        if drawn >= severity / 5:
            return Altered(pixels.copy())
        height, width = pixels.shape[:2]

        def move(points: Points) -> Points:
            x, y = points.T
            return np.stack([(y, width - x), (width - x, height - y), (height - y, x)][turns - 1], axis=1)

        return Altered(np.ascontiguousarray(np.rot90(pixels, turns)), move)


class Perspective:
    """Taken at an angle: each corner of the page is somewhere else."""

    name, version = "perspective", 1

    def __call__(self, pixels: Pixels, severity: float, text_height: float, rng: np.random.Generator) -> Altered:
        """See ``Operation``."""
        import cv2

        height, width = pixels.shape[:2]
        corners = np.array([(0, 0), (width, 0), (width, height), (0, height)], dtype=np.float32)
        inwards = np.array([(1, 1), (-1, 1), (-1, -1), (1, -1)])
        share = level(severity, 0, 0.03, 0.08, 0.15, 0.24, 0.34)
        moved = corners + inwards * rng.uniform(0.25, 1, (4, 2)) * share * (width, height)
        return _warped(pixels, cv2.getPerspectiveTransform(corners, moved.astype(np.float32)))


def _warped(pixels: Pixels, matrix: Matrix) -> Altered:
    """Shifted into an image that is just as large as the page needs."""
    import cv2

    height, width = pixels.shape[:2]
    corners = _moved(np.array([(0.0, 0), (width, 0), (width, height), (0, height)]), matrix)
    low, high = corners.min(axis=0), corners.max(axis=0)
    whole = _shift(*-low) @ matrix
    across, down = (max(_LEAST, int(np.ceil(side - 1e-3))) for side in high - low)
    border = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])
    ground = np.median(border, axis=0).tolist()
    # OpenCV counts from the middles of pixels, boxes from their corners
    centres = _shift(-0.5, -0.5) @ whole @ _shift(0.5, 0.5)
    warped = cv2.warpPerspective(pixels, centres, (across, down), flags=cv2.INTER_LINEAR, borderValue=ground)
    return Altered(warped, lambda points: _moved(points, whole))


def _moved(points: Points, matrix: Matrix) -> Points:
    moved = np.c_[points, np.ones(len(points))] @ matrix.T
    flat: Points = moved[:, :2] / moved[:, 2:]
    return flat


def _shift(x: float, y: float) -> Matrix:
    return np.array([[1, 0, x], [0, 1, y], [0, 0, 1]])
