"""Machines that copy: the photocopier's hard contrast and dirty drum, the fax's two tones."""

from __future__ import annotations

import numpy as np

from promptfit.augment.aged import aged
from promptfit.augment.base import Altered, Floats, Levels, Pixels, clipped, grain, speckled


class Photocopy:
    """Grey, hard contrast, a dirty drum, and toner that spreads or is missing in specks."""

    name, version = "photocopy", 1
    gains: Levels = (1.3, 1.8, 2.5, 3.5, 5.0)
    specks: Levels = (0.002, 0.008, 0.02, 0.045, 0.09)

    def __call__(self, pixels: Pixels, severity: int, text_height: float, rng: np.random.Generator) -> Altered:
        """See ``Operation``."""
        from augraphy import DirtyDrum

        grey, gain = _grey(pixels), self.gains[severity - 1]
        middle = (np.quantile(grey, 0.02) + np.quantile(grey, 0.6)) / 2 * rng.uniform(0.9, 1.1)
        hard = clipped((grey - middle) * gain + 150)
        drum = DirtyDrum(
            line_width_range=(1, max(2, grain(text_height))),
            line_concentration=0.02 * severity,
            direction=1,
            noise_intensity=0.1 * severity,
            noise_value=(64, 200),
            ksize=(3, 3),
            sigmaX=0,
            p=1,
        )
        dirty = aged(drum, np.repeat(hard[..., None], 3, axis=2), rng).copy()
        drawn = speckled(hard.shape, grain(text_height), rng.random)
        share = self.specks[severity - 1]
        dirty[drawn < share / 2] = 20
        dirty[drawn > 1 - share] = 240
        return Altered(dirty)


class TwoTones:
    """A fax's black and white, in its resolution: no greys, ragged edges."""

    name, version = "two_tones", 1
    heights: Levels = (14, 11, 9, 7.5, 6)
    """Pixels that are left of a line of text."""

    def __call__(self, pixels: Pixels, severity: int, text_height: float, rng: np.random.Generator) -> Altered:
        """See ``Operation``."""
        import cv2

        height, width = pixels.shape[:2]
        factor = min(1.0, self.heights[severity - 1] / text_height)
        size = (max(1, round(width * factor)), max(1, round(height * factor)))
        small = cv2.resize(_grey(pixels), size, interpolation=cv2.INTER_AREA)
        around = cv2.blur(small, (2 * max(2, round(text_height * factor)) + 1,) * 2)
        noise = rng.normal(0, 2 + 2 * severity, small.shape)
        ink = small + noise < around - 14
        two = cv2.resize(np.where(ink, 0, 255).astype(np.uint8), (width, height), interpolation=cv2.INTER_NEAREST)
        return Altered(np.repeat(two[..., None], 3, axis=2))


def _grey(pixels: Pixels) -> Floats:
    import cv2

    return cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY).astype(np.float64)
