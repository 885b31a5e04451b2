"""Draws a document: the image, and where every printed character stands."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from promptfit.data.synth.documents import DrawnDocument
from promptfit.data.synth.fonts import KNOWN, UNSEEN, font
from promptfit.data.synth.layouts import HEIGHT, WIDTH, Shape, Text, lay_out
from promptfit.types import Box


@dataclass(frozen=True, slots=True)
class Glyph:
    """A printed character. ``index`` counts within its value; labels have ``is_value`` False."""

    char: str
    box: Box
    question: str | None
    is_value: bool
    index: int


@dataclass(frozen=True)
class Drawing:
    """An RGB image and its characters, in pixels of that image."""

    image: Image.Image
    glyphs: tuple[Glyph, ...]

    def box(self, question: str) -> Box:
        """The box around a value."""
        boxes = np.array([g.box for g in self.glyphs if g.is_value and g.question == question])
        x1, y1 = boxes[:, :2].min(axis=0)
        x2, y2 = boxes[:, 2:].max(axis=0)
        return float(x1), float(y1), float(x2), float(y2)


def draw(document: DrawnDocument, rng: random.Random, *, unseen: bool = False) -> Drawing:
    """A clean print of the document on coloured paper.

    Args:
        unseen: Fonts, layout and paper that training never sees.
    """
    names = UNSEEN if unseen else KNOWN
    value_font, label_font = rng.choice(names), rng.choice(names[:-1])
    texts, shapes = lay_out(document, rng, rng.choice((12, 12, 13)), unseen=unseen)
    paper = tuple(rng.randint(*((170, 225) if unseen else (215, 255))) for _ in range(3))
    ink = tuple(rng.randint(0, 70) for _ in range(3))
    drawing = printed(
        texts, shapes, lambda text: font(value_font if text.is_value else label_font, text.size), paper, ink
    )
    return Drawing(_aged(drawing.image, rng), drawing.glyphs)


def printed(
    texts: list[Text],
    shapes: list[Shape],
    face_of: Callable[[Text], ImageFont.FreeTypeFont],
    paper: tuple[int, ...],
    ink: tuple[int, ...],
) -> Drawing:
    """Texts and shapes on paper, sharp and evenly lit.

    Args:
        face_of: The face of a text, of the text's size.
        paper: RGB, 0 to 255; ``ink`` too.
    """
    image = Image.new("RGB", (WIDTH, HEIGHT), paper)
    pen = ImageDraw.Draw(image)

    def shade(amount: float | None) -> tuple[int, ...] | None:
        return None if amount is None else tuple(int(p + (i - p) * amount) for p, i in zip(paper, ink, strict=True))

    for shape in shapes:
        pen.rectangle(shape.box, fill=shade(shape.fill), outline=shade(shape.outline))
    glyphs: list[Glyph] = []
    for text in texts:
        face = face_of(text)
        pen.text((text.x, text.y), text.text, font=face, fill=ink, anchor="la")
        glyphs += _glyphs(text, face)
    return Drawing(image, tuple(glyphs))


def _glyphs(text: Text, face: ImageFont.FreeTypeFont) -> list[Glyph]:
    ascent, _ = face.getmetrics()
    top, bottom = text.y + ascent - 0.76 * text.size, text.y + ascent + 1
    found, x = [], float(text.x)
    for i, char in enumerate(text.text):
        # Kerning is off in basic layout, so that advances add up.
        width = face.getlength(char)
        right = min(x + width, WIDTH)
        found.append(Glyph(char, (min(x, WIDTH - 1.0), top, right, bottom), text.question, text.is_value, i))
        x += width
    return found


def _aged(image: Image.Image, rng: random.Random) -> Image.Image:
    """A slight blur, uneven light and grain: enough that no two captures are alike."""
    if rng.random() < 0.3:
        image = image.filter(ImageFilter.GaussianBlur(rng.uniform(0.2, 0.5)))
    noise = np.random.default_rng(rng.getrandbits(32))
    pixels = np.asarray(image, dtype=np.float32)
    light = np.linspace(rng.uniform(-10, 10), rng.uniform(-10, 10), pixels.shape[1], dtype=np.float32)
    grain = noise.normal(0.0, rng.uniform(0, 3), pixels.shape[:2]).astype(np.float32)
    return Image.fromarray(np.clip(pixels + light[None, :, None] + grain[..., None], 0, 255).astype(np.uint8))
