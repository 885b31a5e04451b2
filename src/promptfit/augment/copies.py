"""Machines that copy: the photocopier's hard contrast and dirty drum, the fax's two tones."""

from __future__ import annotations

import random
import threading
from functools import lru_cache

import numpy as np

from promptfit.augment.operation import Altered, Floats, Pixels, grained, level, shades

_LOCK = threading.Lock()
_DRUMS, _SIDE = 8, 512


class Photocopy:
    """Grey and hard in contrast, with the streaks of a dirty drum, and toner missing or too much in specks."""

    name, version = "photocopy", 1

    def __call__(self, pixels: Pixels, severity: float, text_height: float, rng: np.random.Generator) -> Altered:
        """See ``Operation``."""
        import cv2

        height, width = pixels.shape[:2]
        grey = _grey(pixels)
        middle = 0.5 * (np.quantile(grey[::2, ::2], 0.02) + np.quantile(grey[::2, ::2], 0.6)) * rng.uniform(0.95, 1.15)
        hard = (grey - middle) * level(severity, 1, 1.3, 1.8, 2.6, 3.8, 5.5) + 150
        drum = cv2.resize(_drum(int(rng.integers(_DRUMS))), (width, height), interpolation=cv2.INTER_LINEAR)
        dirty = np.clip(hard, 0, 255) * (1 - level(severity, 0, 0.25, 0.45, 0.65, 0.85, 1) * (1 - drum))
        drawn = grained((height, width), text_height, lambda shape: rng.random(shape, dtype=np.float32))
        share = level(severity, 0, 0.003, 0.012, 0.04, 0.1, 0.22)
        dirty[drawn < share / 2] = 20
        dirty[drawn > 1 - share] = 245
        return Altered(np.repeat(shades(dirty)[..., None], 3, axis=2))


class TwoTones:
    """A fax's black and white in its own resolution: no greys, ragged edges."""

    name, version = "two_tones", 1

    def __call__(self, pixels: Pixels, severity: float, text_height: float, rng: np.random.Generator) -> Altered:
        """See ``Operation``."""
        import cv2

        height, width = pixels.shape[:2]
        factor = min(1.0, level(severity, 20, 15, 12, 9.5, 7.5, 6) / text_height)
        size = (max(1, round(width * factor)), max(1, round(height * factor)))
        small = cv2.resize(_grey(pixels), size, interpolation=cv2.INTER_AREA)
        paper = cv2.blur(small, (2 * max(2, round(text_height * factor)) + 1,) * 2)
        noise = rng.standard_normal(small.shape, dtype=np.float32) * (1 + 2 * severity)
        two = np.where(small + noise < paper - 16, 0, 255).astype(np.uint8)
        large = cv2.resize(two, (width, height), interpolation=cv2.INTER_NEAREST)
        return Altered(np.repeat(large[..., None], 3, axis=2))


def _grey(pixels: Pixels) -> Floats:
    import cv2

    grey: Floats = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY).astype(np.float32)
    return grey


@lru_cache(maxsize=_DRUMS)
def _drum(number: int) -> Floats:
    """What a dirty drum leaves of the light on white paper: (side, side), 0 to 1; drawn by augraphy once a process.

    Augraphy draws from global generators; they are seeded for it, and then as they were before.
    """
    from augraphy.augmentations import DirtyDrum

    drum = DirtyDrum(
        line_width_range=(2, 7), line_concentration=0.06, direction=1, noise_intensity=0.3, noise_value=(64, 200),
        ksize=(3, 3), sigmaX=0, p=1,
    )  # fmt: skip
    with _LOCK:
        python, numpy = random.getstate(), np.random.get_state()
        random.seed(number)
        np.random.seed(number)
        try:
            printed = drum(np.full((_SIDE, _SIDE, 3), 255, np.uint8))
        finally:
            random.setstate(python)
            np.random.set_state(numpy)
    dirt: Floats = printed.reshape(_SIDE, _SIDE, -1).mean(axis=2, dtype=np.float32) / 255
    return dirt
