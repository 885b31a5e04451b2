"""Bad light: a reflection, a shadow."""

from __future__ import annotations

import math

import numpy as np

from promptfit.augment.operation import Altered, Pixels, around, laid_over, level, shades


class Glare:
    """A reflection that burns out what is under it, and spreads."""

    name, version = "glare", 1

    def __call__(self, pixels: Pixels, severity: float, text_height: float, rng: np.random.Generator) -> Altered:
        """See ``Operation``; it is at least some lines of text large."""
        height, width = pixels.shape[:2]
        row, column = rng.uniform(0.25, 0.75, 2) * (height, width)
        angle, flat = rng.uniform(0, math.pi), rng.uniform(0.45, 0.8)
        reach = level(severity, 0.05, 0.14, 0.18, 0.23, 0.29, 0.37) * math.hypot(height, width)
        radius = max(reach, 1.5 * text_height)
        y, x = around(pixels, row, column)
        along = (x * math.cos(angle) + y * math.sin(angle)) / radius
        across = (y * math.cos(angle) - x * math.sin(angle)) / (radius * flat)
        light = np.exp(-2 * (along**2 + across**2)) * level(severity, 0, 0.5, 0.9, 1.5, 2.6, 4.5)
        light = np.minimum(light, 1)
        return Altered(laid_over(pixels, (255, 255, 250), light), covered=light >= 1)


class Shadow:
    """A hand or a telephone keeps the light from a side of the page; the shadow's edge is soft."""

    name, version = "shadow", 1

    def __call__(self, pixels: Pixels, severity: float, text_height: float, rng: np.random.Generator) -> Altered:
        """See ``Operation``; the edge is as soft as a line of text is high."""
        height, width = pixels.shape[:2]
        y, x = around(pixels, *(rng.uniform(0.35, 0.65, 2) * (height, width)))
        angle, soft = rng.uniform(0, 2 * math.pi), rng.uniform(0.3, 1) * text_height
        across = (x * math.cos(angle) + y * math.sin(angle)) / soft
        dark = level(severity, 0, 0.25, 0.5, 0.7, 0.84, 0.93) / (1 + np.exp(np.clip(-across, -50, 50)))
        return Altered(shades(pixels * (1 - dark.astype(np.float32))[..., None]))
