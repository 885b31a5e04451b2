"""Where an image holds ink: what is darker than its surroundings."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from promptfit.augment.operation import Pixels

_DARKER = 18.0
"""Shades of grey."""


def ink(pixels: Pixels) -> NDArray[np.bool_]:
    """(height, width): True on ink. The paper's own shade may change from place to place."""
    import cv2

    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    side = max(3, (min(grey.shape) // 8) | 1)
    dark: NDArray[np.bool_] = cv2.boxFilter(grey, cv2.CV_32F, (side, side)) - grey > _DARKER
    return dark
