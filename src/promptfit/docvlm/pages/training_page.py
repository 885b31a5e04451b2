"""A page of training: a document, printed by a layout of ours or by rule, and photographed."""

from __future__ import annotations

import io
import random
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageFilter, ImageFont
from PIL.JpegImagePlugin import JpegImageFile

from promptfit.data.synth.capture import encoded
from promptfit.data.synth.documents import TRUTH, DrawnDocument, make
from promptfit.data.synth.draw import Drawing, Glyph, draw, printed
from promptfit.data.synth.layouts import HEIGHT, WIDTH, Text
from promptfit.docvlm.pages import invented
from promptfit.docvlm.pages.ruled_layouts import lay_out
from promptfit.docvlm.pages.training_fonts import face, pick


@dataclass(frozen=True)
class Page:
    """What is asked about, and the image with its characters."""

    document: DrawnDocument
    drawing: Drawing


def page(rng: random.Random) -> Page:
    """A page in five is as the main data sets have them, a quarter are invented documents, the rest ours by rule."""
    kind = rng.random()
    if kind < 0.2:
        document = make(rng.choice(list(TRUTH)), rng, training=True)
        drawing = draw(document, rng)
    else:
        document = invented.make(rng) if kind < 0.45 else make(rng.choice(list(TRUTH)), rng, training=True)
        drawing = _by_rule(document, rng)
    return Page(document, _photographed(drawing, rng) if rng.random() < 0.6 else drawing)


def _by_rule(document: DrawnDocument, rng: random.Random) -> Drawing:
    values, labels = pick(rng), pick(rng)

    def face_of(text: Text) -> ImageFont.FreeTypeFont:
        return face(values if text.is_value else labels, text.size)

    texts, shapes = lay_out(document, rng, lambda text: face_of(text).getlength(text.text))
    dark = rng.randint(0, 90)
    return printed(texts, shapes, face_of, _paper(rng), tuple(rng.randint(0, dark) for _ in range(3)))


def _paper(rng: random.Random) -> tuple[int, ...]:
    """Brighter than any paper of `diverse`, or darker, with a tint."""
    light, tint = rng.choice((rng.randint(226, 255), rng.randint(226, 255), rng.randint(130, 169))), rng.choice((8, 40))
    tinted = [light - rng.randint(0, tint) for _ in range(2)]
    return tuple(rng.sample([light, *tinted], 3))


def _photographed(drawing: Drawing, rng: random.Random) -> Drawing:
    """Turned, resampled as a photo of another size is, softened, lit from a side, grainy, through JPEG."""
    image, angle = drawing.image, rng.uniform(-4, 4) if rng.random() < 0.7 else 0.0
    scale = rng.uniform(0.8, 1.4)
    if angle:
        image = image.rotate(angle, Image.Resampling.BICUBIC, fillcolor=image.getpixel((1, 1)))
    if rng.random() < 0.7:
        image = image.resize((round(WIDTH * scale), round(HEIGHT * scale)), Image.Resampling.LANCZOS)
    if rng.random() < 0.4:
        image = image.filter(ImageFilter.GaussianBlur(rng.uniform(0.2, 0.8)))
    image = _lit(image, rng)
    if rng.random() < 0.7:
        # our own bytes, so none of the limits that files of others are opened with
        image = JpegImageFile(io.BytesIO(encoded(image, rng.randint(40, 90)))).convert("RGB")
    if image.size != (WIDTH, HEIGHT):
        image = image.resize((WIDTH, HEIGHT), Image.Resampling.BICUBIC)
    return Drawing(image, _turned(drawing.glyphs, angle))


def _lit(image: Image.Image, rng: random.Random) -> Image.Image:
    noise = np.random.default_rng(rng.getrandbits(32))
    pixels = np.asarray(image, dtype=np.float32)
    height, width, _ = pixels.shape
    strength = rng.uniform(0, 50)
    light = np.linspace(-strength, strength, width, dtype=np.float32)[:: rng.choice((1, -1))] + rng.uniform(-15, 15)
    pixels = pixels + light[None, :, None]
    if rng.random() < 0.6:
        pixels += noise.standard_normal((height, width, 1), dtype=np.float32) * rng.uniform(0, 6)
    return Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))


def _turned(glyphs: tuple[Glyph, ...], angle: float) -> tuple[Glyph, ...]:
    """The characters where the turned page shows them: their boxes moved, not turned."""
    if not angle:
        return glyphs
    boxes = np.array([g.box for g in glyphs])
    centre = np.array((WIDTH / 2, HEIGHT / 2))
    middles = (boxes[:, :2] + boxes[:, 2:]) / 2 - centre
    # Pillow turns counter-clockwise while y points down.
    cos, sin = np.cos(np.radians(angle)), np.sin(np.radians(angle))
    moved = middles @ np.array([[cos, -sin], [sin, cos]]) - middles
    shifted = boxes + np.concatenate([moved, moved], axis=1)
    limits = np.array((WIDTH - 1.0, HEIGHT - 1.0, WIDTH, HEIGHT))
    kept = np.clip(shifted, 0, limits).tolist()
    return tuple(Glyph(g.char, tuple(b), g.question, g.is_value, g.index) for g, b in zip(glyphs, kept, strict=True))
