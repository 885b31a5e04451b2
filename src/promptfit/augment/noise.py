"""Noise of sensors, and specks."""

from __future__ import annotations

import numpy as np

from promptfit.augment.base import Altered, Levels, Pixels, clipped, grain, speckled


class GaussianNoise:
    """Normal noise in each channel, as in the dark."""

    name, version = "gaussian_noise", 1
    sigmas: Levels = (8, 18, 32, 50, 75)
    """In grey levels of 255."""

    def __call__(self, pixels: Pixels, severity: int, text_height: float, rng: np.random.Generator) -> Altered:
        """See ``Operation``."""
        noise = speckled(pixels.shape, grain(text_height), rng.standard_normal)
        return Altered(clipped(pixels + self.sigmas[severity - 1] * noise))


class SaltPepper:
    """White and black specks."""

    name, version = "salt_pepper", 1
    shares: Levels = (0.01, 0.03, 0.06, 0.11, 0.18)
    """Of the area."""

    def __call__(self, pixels: Pixels, severity: int, text_height: float, rng: np.random.Generator) -> Altered:
        """See ``Operation``."""
        drawn, share = speckled(pixels.shape[:2], grain(text_height), rng.random), self.shares[severity - 1]
        altered = pixels.copy()
        altered[drawn < share / 2] = 255
        altered[drawn > 1 - share / 2] = 0
        return Altered(altered)
