"""A page that lies askew, on its side, or is taken from an angle. Nothing of it is cut off."""

from __future__ import annotations

import numpy as np

from promptfit.augment.base import Altered, Levels, Matrix, Pixels


class Rotation:
    """A tilt to either side."""

    name, version = "rotation", 1
    degrees: Levels = (2, 4, 8, 14, 25)

    def __call__(self, pixels: Pixels, severity: int, text_height: float, rng: np.random.Generator) -> Altered:
        """See ``Operation``."""
        return _warped(pixels, _turn(self.degrees[severity - 1] * rng.choice((-1, 1))))


class QuarterTurn:
    """The page on its side (1), with a tilt (2), upside down (3), with a tilt (4), a stronger one (5)."""

    name, version = "quarter_turn", 1
    degrees: Levels = (90, 93, 180, 184, 190)

    def __call__(self, pixels: Pixels, severity: int, text_height: float, rng: np.random.Generator) -> Altered:
        """See ``Operation``."""
        return _warped(pixels, _turn(self.degrees[severity - 1] * rng.choice((-1, 1))))


class Perspective:
    """The corners move inwards, each by its own share of the sides."""

    name, version = "perspective", 1
    shares: Levels = (0.04, 0.08, 0.12, 0.17, 0.23)

    def __call__(self, pixels: Pixels, severity: int, text_height: float, rng: np.random.Generator) -> Altered:
        """See ``Operation``."""
        import cv2

        height, width = pixels.shape[:2]
        corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], dtype=np.float32)
        inwards = np.array([[1, 1], [-1, 1], [-1, -1], [1, -1]])
        moved = corners + inwards * rng.uniform(0.2, 1, (4, 2)) * self.shares[severity - 1] * (width, height)
        return _warped(pixels, cv2.getPerspectiveTransform(corners, moved.astype(np.float32)))


def _turn(degrees: float) -> Matrix:
    """Around the origin; ``_warped`` shifts it back into the image."""
    angle = np.deg2rad(degrees)
    return np.array([[np.cos(angle), -np.sin(angle), 0], [np.sin(angle), np.cos(angle), 0], [0, 0, 1]])


def _warped(pixels: Pixels, matrix: Matrix) -> Altered:
    """Warps into an image just as large as the page needs, on a ground of the page's own border."""
    import cv2

    height, width = pixels.shape[:2]
    corners = np.array([[0, 0, 1], [width, 0, 1], [width, height, 1], [0, height, 1]]) @ matrix.T
    points = corners[:, :2] / corners[:, 2:]
    low, high = points.min(axis=0), points.max(axis=0)
    shift = np.array([[1, 0, -low[0]], [0, 1, -low[1]], [0, 0, 1]])
    size = tuple(int(edge) for edge in np.maximum(1, np.ceil(high - low - 1e-6)))
    whole = shift @ matrix
    # OpenCV counts from the middles of pixels, boxes from their corners
    centres = _half(-0.5) @ whole @ _half(0.5)
    border = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])
    ground = np.median(border, axis=0).tolist()
    warped = cv2.warpPerspective(pixels, centres, size, flags=cv2.INTER_LINEAR, borderValue=ground)
    return Altered(warped, whole)


def _half(by: float) -> Matrix:
    return np.array([[1, 0, by], [0, 1, by], [0, 0, 1]])
