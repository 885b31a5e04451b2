"""What lies over the text: the finger that holds the page, a stamp."""

from __future__ import annotations

import math
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

import numpy as np

from promptfit.augment.operation import Altered, Floats, Pixels, around, laid_over, level

_SKIN, _SHADE, _NAIL, _INK = (216, 170, 142), (150, 104, 84), (238, 208, 194), (38, 58, 150)


class Finger:
    """The finger that holds the page: it reaches in from a side, and further with each severity."""

    name, version = "finger", 1

    def __call__(self, pixels: Pixels, severity: float, text_height: float, rng: np.random.Generator) -> Altered:
        """See ``Operation``; it is some lines of text wide, and its length a share of the image's way across."""
        height, width = pixels.shape[:2]
        radius = min(1.7 * text_height, min(height, width) / 5)
        side, place, lean = int(rng.integers(4)), rng.uniform(0.3, 0.7), rng.normal(0, 0.18)
        angle = side * math.pi / 2
        inwards = np.rint((math.cos(angle), math.sin(angle)))
        size = np.array((width, height))
        edge = size * np.where(inwards == 0, place, 0.5 - inwards / 2)
        direction = np.array((math.cos(angle + lean), math.sin(angle + lean)))
        tip = edge + direction * level(severity, 0, 0.15, 0.3, 0.48, 0.66, 0.85) * np.abs(inwards @ size)
        y, x = around(pixels, tip[1], tip[0])
        along = x * direction[0] + y * direction[1] + radius
        across = (y * direction[0] - x * direction[1]) / (1 + 0.06 * np.minimum(-along, 0) / -radius)
        far = np.hypot(np.maximum(along, 0), across)
        finger = np.clip(radius - far + 0.5, 0, 1)
        shaded = laid_over(pixels, _SHADE, 0.5 * np.clip(1 - (far - radius) / (0.5 * radius), 0, 1))
        round_ = np.clip((far / radius) ** 4, 0, 1)
        skin = laid_over(np.broadcast_to(np.array(_SKIN, np.uint8), pixels.shape), _SHADE, 0.6 * round_)
        nail = np.clip((1 - np.hypot((along - 0.2 * radius) / 0.65, across / 0.55) / radius) * radius + 0.5, 0, 1)
        altered = laid_over(shaded, laid_over(skin, _NAIL, nail), finger)
        return Altered(altered, covered=finger >= 1)


class Stamp:
    """A round stamp over the text: more of them with each severity, larger and in thicker ink."""

    name, version = "stamp", 1

    def __call__(self, pixels: Pixels, severity: float, text_height: float, rng: np.random.Generator) -> Altered:
        """See ``Operation``; the diameter is a number of lines of text."""
        height, width = pixels.shape[:2]
        most = max(4.0, 0.9 * min(height, width))
        size = round(min(level(severity, 3, 4, 5, 6, 7.2, 8.5) * text_height, most))
        thick = level(severity, 0, 0.3, 0.48, 0.64, 0.8, 0.94)
        altered = pixels
        places = (rng.permutation(5) + rng.random(5)) / 5  # side by side, rather than all in one heap
        for number, (down, degrees) in enumerate(rng.uniform((0.1, -40), (0.9, 40), (5, 2))):
            part = min(1.0, severity - number)  # the last one is as pale as the severity is in between
            if part > 0:
                altered = _stamped(
                    altered, _mark(size, round(degrees)) * thick * part, down * height, places[number] * width
                )
        return Altered(altered)


def _stamped(pixels: Pixels, mark: Floats, row: float, column: float) -> Pixels:
    """The mark around a point, as far as it lies in the image."""
    size = len(mark)
    top, left = round(row - size / 2), round(column - size / 2)
    rows = slice(max(0, top), max(0, top + size))
    columns = slice(max(0, left), max(0, left + size))
    under = pixels[rows, columns]
    share = mark[rows.start - top :, columns.start - left :][: under.shape[0], : under.shape[1]]
    altered = pixels.copy()
    altered[rows, columns] = laid_over(under, np.minimum(under, np.array(_INK, np.uint8)), share)
    return altered


@lru_cache(maxsize=64)
def _mark(size: int, degrees: int) -> Floats:
    """The stamp's ink: (size, size), 0 to 1."""
    from PIL import Image, ImageDraw, ImageFont

    big = max(64, min(2 * size, 600))
    picture = Image.new("L", (big, big))
    pen, line = ImageDraw.Draw(picture), big // 20
    pen.ellipse((line, line, big - line, big - line), outline=255, width=line)
    pen.ellipse((3 * line, 3 * line, big - 3 * line, big - 3 * line), outline=255, width=line // 2)
    path = Path(str(files("matplotlib"))) / "mpl-data" / "fonts" / "ttf" / "DejaVuSans-Bold.ttf"
    font = ImageFont.truetype(str(path), big // 10)
    for row, word in enumerate(("ПРИНЯТО", "КАНЦЕЛЯРИЯ", "№ 17")):
        pen.text((big / 2, big / 2 + (row - 1) * big / 6.5), word, 255, font, anchor="mm")
    turned = picture.rotate(degrees, Image.Resampling.BICUBIC)
    return np.asarray(turned.resize((size, size), Image.Resampling.LANCZOS), dtype=np.float32) / 255
