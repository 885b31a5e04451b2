"""Too few pixels: detail that is lost, an image that is really small, and what compression leaves."""

from __future__ import annotations

import numpy as np

from promptfit.augment.operation import Altered, Pixels, Points, level

_LEFT = 4.0
"""Pixels of a line of text that are left at severity 5; less than that, no reader reads."""
_LINE = 12.0
"""Pixels of a line of text when it is compressed."""


class Resolution:
    """Detail is lost: the image is shrunk, and as large as before again."""

    name, version = "resolution", 1

    def __call__(self, pixels: Pixels, severity: float, text_height: float, rng: np.random.Generator) -> Altered:
        """See ``Operation``."""
        height, width = pixels.shape[:2]
        return Altered(_sized(_sized(pixels, *_small(pixels, severity, text_height)), width, height))


class PixelLimit:
    """The image itself is small, as a processor's pixel limit makes it: the answerer sees fewer image tokens."""

    name, version = "pixel_limit", 1

    def __call__(self, pixels: Pixels, severity: float, text_height: float, rng: np.random.Generator) -> Altered:
        """See ``Operation``."""
        width, height = _small(pixels, severity, text_height)
        scale = np.array((width / pixels.shape[1], height / pixels.shape[0]))

        def move(points: Points) -> Points:
            moved: Points = points * scale
            return moved

        return Altered(_sized(pixels, width, height), move)


class Jpeg:
    """Strong compression. Its blocks have a fixed size, so a large text is compressed in a smaller size."""

    name, version = "jpeg", 1

    def __call__(self, pixels: Pixels, severity: float, text_height: float, rng: np.random.Generator) -> Altered:
        """See ``Operation``."""
        import cv2

        quality = round(level(severity, 95, 40, 22, 13, 8, 4))
        height, width = pixels.shape[:2]
        factor = min(1.0, _LINE / text_height)
        small = _sized(pixels, max(1, round(width * factor)), max(1, round(height * factor)))
        _, content = cv2.imencode(".jpg", small[..., ::-1], (cv2.IMWRITE_JPEG_QUALITY, quality))
        return Altered(_sized(np.asarray(cv2.imdecode(content, cv2.IMREAD_COLOR_RGB)), width, height))


def _small(pixels: Pixels, severity: float, text_height: float) -> tuple[int, int]:
    """Width and height, in equal ratios from severity to severity down to the fifth; each side keeps 4 pixels."""
    height, width = pixels.shape[:2]
    factor = min(0.5, _LEFT / text_height) ** (severity / 5)
    return max(min(4, width), round(width * factor)), max(min(4, height), round(height * factor))


def _sized(pixels: Pixels, width: int, height: int) -> Pixels:
    from PIL import Image

    if pixels.shape[:2] == (height, width):
        return pixels
    return np.asarray(Image.fromarray(pixels).resize((width, height), Image.Resampling.BICUBIC))
