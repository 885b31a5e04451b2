"""Bad light: too little contrast, too bright or dark, a reflection, a shadow."""

from __future__ import annotations

import math

import numpy as np

from promptfit.augment.base import Altered, Floats, Levels, Pixels, clipped


class LowContrast:
    """Everything moves towards the mean."""

    name, version = "low_contrast", 1
    factors: Levels = (0.7, 0.5, 0.33, 0.2, 0.1)

    def __call__(self, pixels: Pixels, severity: int, text_height: float, rng: np.random.Generator) -> Altered:
        """See ``Operation``."""
        mean = pixels.mean()
        return Altered(clipped(mean + (pixels - mean) * self.factors[severity - 1]))


class Brightness:
    """Overexposed, so that faint ink is gone, or underexposed: drawn by document."""

    name, version = "brightness", 1
    over: Levels = (1.2, 1.5, 2.0, 2.8, 4.0)
    under: Levels = (0.75, 0.5, 0.33, 0.2, 0.1)

    def __call__(self, pixels: Pixels, severity: int, text_height: float, rng: np.random.Generator) -> Altered:
        """See ``Operation``."""
        factors = self.over if rng.random() < 0.5 else self.under
        return Altered(clipped(pixels * factors[severity - 1]))


class Glare:
    """A reflection that burns out what is under it; its size is a share of the image."""

    name, version = "glare", 1
    strengths: Levels = (0.5, 0.8, 1.2, 1.8, 2.6)
    radii: Levels = (0.12, 0.15, 0.19, 0.24, 0.3)

    def __call__(self, pixels: Pixels, severity: int, text_height: float, rng: np.random.Generator) -> Altered:
        """See ``Operation``."""
        height, width = pixels.shape[:2]
        centre = rng.uniform(0.2, 0.8, 2) * (height, width)
        angle, flat = rng.uniform(0, math.pi), rng.uniform(0.4, 0.8)
        radius = self.radii[severity - 1] * math.hypot(height, width)
        y, x = _around(pixels, *centre)
        along = (x * math.cos(angle) + y * math.sin(angle)) / radius
        across = (y * math.cos(angle) - x * math.sin(angle)) / (radius * flat)
        light = np.minimum(1, self.strengths[severity - 1] * np.exp(-2 * (along**2 + across**2)))[..., None]
        return Altered(clipped(pixels + (255.0 - pixels) * light))


class Shadow:
    """A hand or a phone shades a side of the page; the edge is as soft as some lines of text."""

    name, version = "shadow", 1
    left: Levels = (0.7, 0.5, 0.35, 0.22, 0.12)
    """Share of the light that is left."""

    def __call__(self, pixels: Pixels, severity: int, text_height: float, rng: np.random.Generator) -> Altered:
        """See ``Operation``."""
        height, width = pixels.shape[:2]
        y, x = _around(pixels, *(rng.uniform(0.35, 0.65, 2) * (height, width)))
        angle = rng.uniform(0, 2 * math.pi)
        across = (x * math.cos(angle) + y * math.sin(angle)) / (rng.uniform(0.3, 1.2) * text_height)
        shade = 1 / (1 + np.exp(np.clip(-across, -50, 50)))
        return Altered(clipped(pixels * (1 - (1 - self.left[severity - 1]) * shade)[..., None]))


def _around(pixels: Pixels, row: float, column: float) -> tuple[Floats, Floats]:
    """Coordinates of all pixels, the point at 0; they broadcast."""
    height, width = pixels.shape[:2]
    return np.arange(height)[:, None] + 0.5 - row, np.arange(width)[None] + 0.5 - column
