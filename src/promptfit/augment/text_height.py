"""How high a line of an image's text is: from the answers' boxes, or else from the pixels."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from promptfit.augment.ink import ink
from promptfit.types import Sample

if TYPE_CHECKING:
    from PIL.Image import Image

_SHARE = 0.06
"""Of the shorter side, where no text is found: a line of a small document."""


def text_height(samples: Sequence[Sample], image: Image) -> float:
    """Pixels of a line of text: the boxes' median shorter side, so that a tall one of a turned text does not count.

    Args:
        samples: The samples of one image.
        image: The same image; looked at only where no sample has a box.
    """
    sides = [min(box[2] - box[0], box[3] - box[1]) for sample in samples if (box := sample.box) is not None]
    return float(statistics.median(sides)) if sides else estimated(np.asarray(image.convert("RGB"), dtype=np.uint8))


def estimated(pixels: np.ndarray) -> float:
    """The median height of what looks like letters, and a little for what letters reach above and below."""
    import cv2

    height, width = pixels.shape[:2]
    least, most = 3, max(3, height // 4)
    _, _, stats, _ = cv2.connectedComponentsWithStats(ink(pixels).astype(np.uint8), connectivity=8)
    tall, wide = stats[1:, cv2.CC_STAT_HEIGHT], stats[1:, cv2.CC_STAT_WIDTH]
    letters = tall[(tall >= least) & (tall <= most) & (wide <= 6 * tall)]
    return float(np.median(letters)) * 1.3 if len(letters) >= 5 else max(1.0, _SHARE * min(height, width))
