"""Too few pixels: as lost detail, as a processor's limit, as compression."""

from __future__ import annotations

import io

import numpy as np

from promptfit.augment.base import Altered, Levels, Pixels

HEIGHTS: Levels = (9.5, 8, 6.5, 5, 4)
"""Pixels that are left of a line of text; an image that has no more is left as it is."""


class Resolution:
    """Detail is lost: the image is shrunk and enlarged again."""

    name, version = "resolution", 1

    def __call__(self, pixels: Pixels, severity: int, text_height: float, rng: np.random.Generator) -> Altered:
        """See ``Operation``."""
        import cv2

        small = _shrunk(pixels, HEIGHTS[severity - 1] / text_height)
        return Altered(cv2.resize(small, pixels.shape[1::-1], interpolation=cv2.INTER_CUBIC))


class PixelLimit:
    """The image itself is small, as a processor's pixel limit makes it: the answerer sees fewer image tokens."""

    name, version = "pixel_limit", 1

    def __call__(self, pixels: Pixels, severity: int, text_height: float, rng: np.random.Generator) -> Altered:
        """See ``Operation``."""
        small = _shrunk(pixels, HEIGHTS[severity - 1] / text_height)
        across, down = small.shape[1] / pixels.shape[1], small.shape[0] / pixels.shape[0]
        return Altered(small, np.diag([across, down, 1.0]))


class Jpeg:
    """Strong compression."""

    name, version = "jpeg", 1
    qualities: Levels = (40, 22, 12, 6, 3)
    height = 12
    """Pixels of a line of text when it is compressed: blocks are 8 pixels wide, so a larger image is shrunk first."""

    def __call__(self, pixels: Pixels, severity: int, text_height: float, rng: np.random.Generator) -> Altered:
        """See ``Operation``."""
        import cv2
        from PIL import Image

        content = io.BytesIO()
        small = _shrunk(pixels, self.height / text_height)
        Image.fromarray(small).save(content, "jpeg", quality=int(self.qualities[severity - 1]))
        decoded = np.asarray(Image.open(content))
        return Altered(decoded if small is pixels else cv2.resize(decoded, pixels.shape[1::-1]))


def _shrunk(pixels: Pixels, factor: float) -> Pixels:
    """Shrunk by a factor below 1; no side gets shorter than 8 pixels."""
    import cv2

    if factor >= 1:
        return pixels
    height, width = pixels.shape[:2]
    size = (max(min(8, width), round(width * factor)), max(min(8, height), round(height * factor)))
    return cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
