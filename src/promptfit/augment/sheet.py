"""The contact sheet: what every operation makes of one image at every severity."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from promptfit.augment.condition import Condition
from promptfit.augment.operation import SEVERITIES, Operation
from promptfit.types import Box

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageDraw import ImageDraw

WIDTH = 300
"""Pixels of a picture on the sheet."""
GAP, HEAD, NAMES = 8, 34, 150
INK, FRAME = "#222222", "#d62728"


def sheet(
    operations: Sequence[Operation], image: Image, boxes: Sequence[Box], document: str, text_height: float, seed: int
) -> Image:
    """Draws a row for each operation: the image as it is, and at severities 1 to 5, with the answers' boxes.

    Args:
        operations: What to draw.
        image: One image.
        boxes: Its answers' boxes in pixels.
        document: Seeds the chance.
        text_height: Pixels of a line of its text.
        seed: Seeds the chance, too.
    """
    from PIL import Image, ImageDraw

    height = round(WIDTH * image.height / image.width)
    across, down = NAMES + (1 + len(SEVERITIES)) * (WIDTH + GAP), HEAD + len(operations) * (height + GAP)
    drawn = Image.new("RGB", (across, down), "white")
    pen = ImageDraw.Draw(drawn)
    for column, words in enumerate(("clean", *(f"severity {number}" for number in SEVERITIES))):
        _text(pen, NAMES + column * (WIDTH + GAP), 6, words)
    for row, operation in enumerate(operations):
        top = HEAD + row * (height + GAP)
        _text(pen, 8, top + height // 2 - 10, operation.name)
        _put(drawn, (NAMES, top), (WIDTH, height), image, boxes)
        for severity in SEVERITIES:
            altered = Condition(operation, severity, seed).apply(image, document, text_height)
            moved = [box for one in boxes if (box := altered.carry(one))]
            place = (NAMES + severity * (WIDTH + GAP), top)
            _put(drawn, place, (WIDTH, height), Image.fromarray(altered.pixels), moved)
    return drawn


def _put(drawn: Image, place: tuple[int, int], size: tuple[int, int], image: Image, boxes: Sequence[Box]) -> None:
    """Puts an image with its boxes into a cell, as large as it fits."""
    from PIL import ImageDraw

    scale = min(size[0] / image.width, size[1] / image.height)
    shown = image.resize((max(1, round(image.width * scale)), max(1, round(image.height * scale))))
    pen = ImageDraw.Draw(shown)
    for box in boxes:
        pen.rectangle(tuple(edge * scale for edge in box), outline=FRAME)
    drawn.paste(shown, (place[0] + (size[0] - shown.width) // 2, place[1] + (size[1] - shown.height) // 2))


def _text(pen: ImageDraw, x: float, y: float, words: str) -> None:
    from promptfit.data.synth.fonts import font

    pen.text((x, y), words, INK, font("DejaVuSans", 16))
