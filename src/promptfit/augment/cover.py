"""Things that lie over the text: a finger that holds the page, a stamp."""

from __future__ import annotations

import math

import numpy as np

from promptfit.augment.base import Altered, Levels, Pixels, clipped


class Finger:
    """A finger reaches in from a drawn side: a share of the shorter side long, some lines of text wide."""

    name, version = "finger", 1
    lengths: Levels = (0.14, 0.24, 0.36, 0.5, 0.65)
    skin = (214, 168, 140)
    nail = (236, 205, 190)

    def __call__(self, pixels: Pixels, severity: int, text_height: float, rng: np.random.Generator) -> Altered:
        """See ``Operation``."""
        import cv2

        height, width = pixels.shape[:2]
        wide = min(3 * text_height, min(height, width) / 3)
        length = self.lengths[severity - 1] * min(height, width)
        angle, place = int(rng.integers(4)) * math.pi / 2 + rng.normal(0, 0.2), rng.uniform(0.25, 0.75)
        inwards = np.array([math.cos(angle), math.sin(angle)])
        side = np.array([width, height]) * (0.5 - np.rint(inwards) / 2)
        edge = side + np.abs(np.rint(inwards)[::-1]) * np.array([width, height]) * place
        tip, root = edge + inwards * (length - wide / 2), edge - inwards * wide * 2
        altered = pixels.copy()
        for centre in (root, tip):
            cv2.circle(altered, _point(centre), round(wide / 2), self.skin, -1, cv2.LINE_AA)
        cv2.line(altered, _point(root), _point(tip), self.skin, max(1, round(wide)), cv2.LINE_AA)
        axes = (max(1, round(wide * 0.34)), max(1, round(wide * 0.26)))
        cv2.ellipse(altered, _point(tip), axes, math.degrees(angle), 0, 360, self.nail, -1, cv2.LINE_AA)
        return Altered(altered)


class Stamp:
    """A blue round stamp, put over the middle of the page somewhere; it grows, and its ink gets thicker."""

    name, version = "stamp", 1
    diameters: Levels = (3.5, 4.5, 5.5, 6.5, 8)
    """In lines of text, at most four fifths of the shorter side."""
    thicknesses: Levels = (0.35, 0.5, 0.65, 0.8, 0.92)
    ink = np.array([40, 60, 150])
    words = "ПРОВЕРЕНО"

    def __call__(self, pixels: Pixels, severity: int, text_height: float, rng: np.random.Generator) -> Altered:
        """See ``Operation``."""
        height, width = pixels.shape[:2]
        size = max(8, round(min(self.diameters[severity - 1] * text_height, 0.8 * min(height, width))))
        mark = self._mark(size, rng.uniform(-30, 30))
        top, left = (int(rng.uniform(0.1, 0.9) * (edge - size)) for edge in (height, width))
        rows, columns = slice(max(0, top), max(0, top) + size), slice(max(0, left), max(0, left) + size)
        altered = pixels.astype(np.float64)
        under = altered[rows, columns]
        cover = (mark * self.thicknesses[severity - 1])[: under.shape[0], : under.shape[1], None]
        altered[rows, columns] = under * (1 - cover) + np.minimum(under, self.ink) * cover
        return Altered(clipped(altered))

    def _mark(self, size: int, degrees: float) -> np.ndarray:
        """The stamp's ink, 0 to 1, shape ``(size, size)``."""
        from matplotlib.font_manager import findfont
        from PIL import Image, ImageDraw, ImageFont

        big = 4 * size
        picture = Image.new("L", (big, big))
        draw = ImageDraw.Draw(picture)
        line = max(1, big // 22)
        draw.ellipse((line, line, big - line, big - line), outline=255, width=line)
        draw.ellipse((4 * line, 4 * line, big - 4 * line, big - 4 * line), outline=255, width=line // 2 + 1)
        font = ImageFont.truetype(findfont("DejaVu Sans:bold"), max(4, big // 9))
        for row in (-1, 0, 1):
            draw.text((big / 2, big / 2 + row * big / 7), self.words, 255, font, anchor="mm")
        return np.asarray(picture.rotate(degrees).resize((size, size), Image.Resampling.BOX)) / 255.0


def _point(point: np.ndarray) -> tuple[int, int]:
    return round(float(point[0])), round(float(point[1]))
