"""Noise of sensors, and specks."""

from __future__ import annotations

import numpy as np

from promptfit.augment.operation import Altered, Pixels, grained, level, shades


class GaussianNoise:
    """Noise of a sensor in the dark: normal, in each colour."""

    name, version = "gaussian_noise", 1

    def __call__(self, pixels: Pixels, severity: float, text_height: float, rng: np.random.Generator) -> Altered:
        """See ``Operation``."""
        noise = grained(pixels.shape, text_height, lambda shape: rng.standard_normal(shape, dtype=np.float32))
        return Altered(shades(pixels + noise * np.float32(level(severity, 0, 9, 24, 46, 78, 120))))


class SaltPepper:
    """White and black specks."""

    name, version = "salt_pepper", 1

    def __call__(self, pixels: Pixels, severity: float, text_height: float, rng: np.random.Generator) -> Altered:
        """See ``Operation``."""
        drawn = grained(pixels.shape[:2], text_height, lambda shape: rng.random(shape, dtype=np.float32))
        share = level(severity, 0, 0.006, 0.025, 0.07, 0.15, 0.3)
        altered = pixels.copy()
        altered[drawn < share / 2] = 255
        altered[drawn > 1 - share / 2] = 0
        return Altered(altered)
