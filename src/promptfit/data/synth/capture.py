"""How a drawn document becomes an image file: a scan as it is, or a photo, turned, scaled and lit from a side."""

from __future__ import annotations

import io
import math
import random
from dataclasses import dataclass

import numpy as np
from PIL import Image

from promptfit.data.synth.draw import Drawing
from promptfit.types import Box

QUALITY = 78
"""JPEG quality of every image: under 10 KB each, no artefact that a reader would mind."""


def encoded(image: Image.Image, quality: int = QUALITY) -> bytes:
    """The image as JPEG: the same bytes for the same pixels."""
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=quality)
    return buffer.getvalue()


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo of a drawing: ``angle`` in degrees, ``scale`` of both sides, ``light`` across in shades of grey."""

    angle: float
    scale: float
    light: float
    quality: int

    @classmethod
    def random(cls, rng: random.Random) -> Photo:
        """A slight turn, another size, light from one side."""
        return cls(rng.uniform(-3, 3), rng.choice((0.85, 1.15, 1.3)), rng.uniform(-40, 40), rng.randint(45, 68))

    def take(self, drawing: Drawing) -> Image.Image:
        """The photo; what lies beyond the paper is the colour of its corner."""
        image = drawing.image
        turned = image.rotate(self.angle, Image.Resampling.BICUBIC, fillcolor=image.getpixel((1, 1)))
        size = (round(image.width * self.scale), round(image.height * self.scale))
        pixels = np.asarray(turned.resize(size, Image.Resampling.LANCZOS), dtype=np.float32)
        ramp = np.linspace(-self.light, self.light, size[0], dtype=np.float32)[None, :, None]
        return Image.fromarray(np.clip(pixels + ramp, 0, 255).astype(np.uint8))

    def carry(self, box: Box, width: int, height: int) -> Box:
        """Where a box of the drawing (``width`` x ``height``) stands in the photo: around its turned corners."""
        x1, y1, x2, y2 = box
        corners = np.array([(x, y) for x in (x1, x2) for y in (y1, y2)]) - (width / 2, height / 2)
        # Pillow turns counter-clockwise while y points down.
        cos, sin = math.cos(math.radians(self.angle)), math.sin(math.radians(self.angle))
        turned = corners @ np.array([[cos, -sin], [sin, cos]]) + (width / 2, height / 2)
        limits = np.array((width, height))
        (a, b), (c, d) = (np.clip(f(turned, 0), 0, limits) * self.scale for f in (np.min, np.max))
        return float(a), float(b), float(c), float(d)
