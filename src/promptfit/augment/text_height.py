"""How high a line of an image's text is: damage and legibility are measured by it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from statistics import median
from typing import TYPE_CHECKING

import numpy as np

from promptfit.augment.base import Pixels
from promptfit.types import Sample

if TYPE_CHECKING:
    from PIL.Image import Image

_GUESS = 1 / 40
"""Of the image's shorter side, where nothing looks like text."""


def text_height(samples: Sequence[Sample], image: Callable[[], Image]) -> float:
    """The height of an image's text in pixels.

    Args:
        samples: Those of the image. The median of their boxes' shorter sides counts, if there are boxes.
        image: Reads the image; called only without boxes: then the median height of ink that is as high as letters.
    """
    boxes = [sample.box for sample in samples if sample.box]
    if boxes:
        return float(median(min(x2 - x1, y2 - y1) for x1, y1, x2, y2 in boxes))
    return _estimated(np.asarray(image().convert("RGB")))


def _estimated(pixels: Pixels) -> float:
    """A line is somewhat higher than its letters: ascenders, descenders."""
    import cv2

    shorter = min(pixels.shape[:2])
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    _, ink = cv2.threshold(grey, 0, 255, cv2.THRESH_BINARY_INV + cv2.THRESH_OTSU)
    _, _, stats, _ = cv2.connectedComponentsWithStats(ink)
    heights, areas = stats[1:, cv2.CC_STAT_HEIGHT], stats[1:, cv2.CC_STAT_AREA]
    letters = heights[(heights >= 4) & (heights <= shorter / 5) & (areas >= 6)]
    return float(1.4 * np.median(letters)) if len(letters) >= 5 else max(4.0, shorter * _GUESS)
