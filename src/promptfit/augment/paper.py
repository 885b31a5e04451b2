"""What happens to paper and ink: folds, stains, pale ink, the other page shining through."""

from __future__ import annotations

import math

import numpy as np

from promptfit.augment.aged import aged
from promptfit.augment.base import Altered, Floats, Levels, Pixels, clipped, grain, speckled


class Fold:
    """Creases: the text next to them is squeezed, the paper there is worn white, and one side lies in the shade.

    Points move by less than half a line, so boxes stay where they are.
    """

    name, version = "fold", 1
    widths: Levels = (0.15, 0.3, 0.5, 0.75, 1.05)
    """Of the worn strip, as a share of the text's height."""
    shades: Levels = (0.06, 0.1, 0.16, 0.24, 0.34)
    creases = 3

    def __call__(self, pixels: Pixels, severity: int, text_height: float, rng: np.random.Generator) -> Altered:
        """See ``Operation``."""
        import cv2

        height, width = pixels.shape[:2]
        y, x = (axis.astype(np.float64) for axis in np.mgrid[:height, :width])
        worn, light = np.zeros((height, width)), np.ones((height, width))
        wide = self.widths[severity - 1] * text_height
        moved_x, moved_y = x.copy(), y.copy()
        for number in range(self.creases):
            angle = rng.normal(math.pi / 2 if number % 2 == 0 else 0, 0.06)
            along = rng.uniform(0.15, 0.85) * (height if number % 2 == 0 else width)
            middle = along * (math.sin(angle) if number % 2 == 0 else math.cos(angle))
            across = x * math.cos(angle) + y * math.sin(angle) - middle
            near = np.exp(-((across / (2 * wide + 1)) ** 2))
            pull = np.sign(across) * near * min(wide / 2, 0.45 * text_height)
            moved_x += pull * math.cos(angle)
            moved_y += pull * math.sin(angle)
            worn = np.maximum(worn, np.exp(-((across / (wide / 2)) ** 2)))
            light *= 1 - self.shades[severity - 1] / 2 / (1 + np.exp(-np.clip(across / text_height, -50, 50)))
        bent = cv2.remap(
            pixels,
            moved_x.astype(np.float32),
            moved_y.astype(np.float32),
            cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_REPLICATE,
        )
        rubbed = bent + (245.0 - bent) * (worn * min(1, 0.55 + severity * 0.09))[..., None]
        return Altered(clipped(rubbed * light[..., None]))


class Stain:
    """Coffee: brown blots with ragged edges that darken paper and ink."""

    name, version = "stain", 1
    shares: Levels = (0.08, 0.16, 0.26, 0.38, 0.52)
    """Of the area."""
    depths: Levels = (0.3, 0.45, 0.6, 0.75, 0.88)
    colour = np.array([120, 75, 30])

    def __call__(self, pixels: Pixels, severity: int, text_height: float, rng: np.random.Generator) -> Altered:
        """See ``Operation``."""
        import cv2

        height, width = pixels.shape[:2]
        rough = speckled((height, width), max(1, min(height, width) // 12), rng.standard_normal)
        field = cv2.GaussianBlur(rough, (0, 0), max(1.0, min(height, width) / 16))
        edge = np.quantile(field, 1 - self.shares[severity - 1])
        spread = max(1e-6, float(np.std(field)))
        blot = 1 / (1 + np.exp(np.clip(-(field - edge) / spread * 12, -50, 50)))
        rim = np.exp(-(((field - edge) / spread * 5) ** 2))  # the dregs dry at the edge
        cover = np.clip(self.depths[severity - 1] * (0.75 * blot + 0.25 * rim), 0, 1)[..., None]
        return Altered(clipped(pixels * (1 - cover) + np.minimum(pixels, self.colour) * cover))


class InkLoss:
    """Ink that is pale and broken, as from an empty cartridge: first in specks, then in whole streaks."""

    name, version = "ink_loss", 1
    shares: Levels = (0.12, 0.25, 0.4, 0.55, 0.7)
    """Of the ink."""

    def __call__(self, pixels: Pixels, severity: int, text_height: float, rng: np.random.Generator) -> Altered:
        """See ``Operation``."""
        share = self.shares[severity - 1]
        specks = speckled(pixels.shape[:2], grain(text_height), rng.random)
        streaks = speckled((pixels.shape[0], 1), max(1, round(text_height / 6)), rng.random)
        lost = np.where((specks < share) | (streaks < share / 3), 0.85, share / 2)
        return Altered(clipped(pixels + (_paper(pixels, text_height) - pixels) * lost[..., None]))


class BleedThrough:
    """The other page shines through."""

    name, version = "bleed_through", 1
    alphas: Levels = (0.15, 0.3, 0.45, 0.6, 0.8)

    def __call__(self, pixels: Pixels, severity: int, text_height: float, rng: np.random.Generator) -> Altered:
        """See ``Operation``."""
        from augraphy import BleedThrough as Through

        alpha, shift = self.alphas[severity - 1], (round(text_height), round(text_height / 2))
        through = Through(
            intensity_range=(0.2, 0.4), color_range=(0, 96), ksize=(3, 3), sigmaX=1, alpha=alpha, offsets=shift, p=1
        )
        return Altered(aged(through, pixels, rng))


def _paper(pixels: Pixels, text_height: float) -> Floats:
    """The image without its ink: the lightest of a neighbourhood that is larger than a stroke, smoothed."""
    import cv2

    reach = 2 * max(1, round(text_height / 4)) + 1
    light = cv2.dilate(pixels, np.ones((reach, reach), np.uint8))
    return cv2.blur(light, (reach, reach)).astype(np.float64)
