"""What happens to paper and ink: the other page shines through, ink gets lost, something was spilt."""

from __future__ import annotations

import numpy as np

from promptfit.augment.operation import Altered, Pixels, grained, laid_over, level, shades


class BleedThrough:
    """The other page shines through: the mirrored text, a line and a half away, a little blurred."""

    name, version = "bleed_through", 1

    def __call__(self, pixels: Pixels, severity: float, text_height: float, rng: np.random.Generator) -> Altered:
        """See ``Operation``."""
        import cv2

        shift = (round(text_height * rng.uniform(0.4, 1.6)), round(text_height * rng.uniform(-1, 1)))
        paper = _paper(pixels, text_height)
        # the same page in the mirror stands for the other one: as much ink, as high
        other = cv2.GaussianBlur(pixels, (0, 0), 0.3 + text_height / 40)[:, ::-1]
        share = level(severity, 0, 0.12, 0.28, 0.48, 0.7, 0.92)
        ink = np.maximum(paper[:, ::-1].astype(np.float32) - other, 0)
        return Altered(shades(pixels - np.roll(ink, shift, axis=(0, 1)) * share))


class InkLoss:
    """Ink that is pale and broken, as of an empty cartridge: in specks, and in whole streaks."""

    name, version = "ink_loss", 1

    def __call__(self, pixels: Pixels, severity: float, text_height: float, rng: np.random.Generator) -> Altered:
        """See ``Operation``."""
        share = level(severity, 0, 0.07, 0.2, 0.38, 0.58, 0.8)
        specks = grained(pixels.shape[:2], text_height, lambda shape: rng.random(shape, dtype=np.float32))
        streaks = grained((len(pixels), 1), text_height, lambda shape: rng.random(shape, dtype=np.float32))
        gone = np.where((specks < share) | (streaks < share / 3), 0.92, 0.6 * share)
        return Altered(laid_over(pixels, _paper(pixels, text_height), gone))


class Stain:
    """Coffee: brown blots with ragged rims that grow, and darken paper and ink."""

    name, version = "stain", 1

    def __call__(self, pixels: Pixels, severity: float, text_height: float, rng: np.random.Generator) -> Altered:
        """See ``Operation``; a blot is some lines of text high."""
        import cv2

        height, width = pixels.shape[:2]
        field = np.zeros((height, width), np.float32)
        for lines, weight in ((9, 1.0), (3, 0.3), (0.7, 0.07)):
            cell = max(1.0, lines * text_height)
            small = rng.standard_normal((int(height / cell) + 3, int(width / cell) + 3), dtype=np.float32)
            field += weight * cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC)
        edge = np.quantile(field[::4, ::4], 1 - level(severity, 0, 0.1, 0.2, 0.33, 0.48, 0.65))
        depth = (field - edge) / (float(field.std()) + 1e-6)
        blot = 1 / (1 + np.exp(np.clip(-depth * 30, -50, 50)))
        rim = np.exp(-((depth * 12) ** 2))  # the dregs dry at the edge
        share = level(severity, 0, 0.25, 0.42, 0.6, 0.76, 0.9) * np.minimum(1, 0.75 * blot + 0.3 * rim)
        return Altered(laid_over(pixels, np.minimum(pixels, np.array((84, 50, 22), np.uint8)), share))


def _paper(pixels: Pixels, text_height: float) -> Pixels:
    """The image without its ink: what is dark and thinner than a stroke may be is closed, and the rest smoothed."""
    import cv2

    reach = 2 * max(1, round(text_height / 4)) + 1
    closed = cv2.morphologyEx(pixels, cv2.MORPH_CLOSE, np.ones((reach, reach), np.uint8))
    paper: Pixels = cv2.blur(closed, (reach, reach))
    return paper
