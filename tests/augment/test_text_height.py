"""The height of a line: from the boxes, or from what looks like letters."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from promptfit.augment.text_height import text_height
from promptfit.data.synth.fonts import font
from promptfit.types import Box, Field, Sample


def sample(box: Box | None) -> Sample:
    return Sample("d", Path("a.png"), "0", "?", "!", Field("passport", "Имя"), "test", box)


BLANK = Image.new("RGB", (200, 100), "white")


def test_it_is_the_boxes_median_shorter_side() -> None:
    boxes = [(0, 0, 90, 11), (0, 0, 80, 12), (5, 5, 18, 99), None]
    assert text_height([sample(box) for box in boxes], BLANK) == 12


@pytest.mark.parametrize("size", [10, 20, 40])
def test_without_boxes_letters_are_measured(size: int) -> None:
    image = Image.new("RGB", (40 * size, 16 * size), (240, 236, 225))
    pen = ImageDraw.Draw(image)
    for line in range(8):
        pen.text(
            (size, size + line * 1.7 * size), "Имя отчество и фамилия 1969", (30, 30, 50), font("DejaVuSans", size)
        )
    assert 0.6 * size <= text_height([sample(None)], image) <= 1.5 * size


@pytest.mark.parametrize("size", [(4, 4), (1, 900), (300, 200)])
def test_an_image_without_text_has_some_height_too(size: tuple[int, int]) -> None:
    noise = Image.fromarray(np.random.default_rng(1).integers(0, 256, (*size, 3), dtype=np.uint8))
    for image in (noise, Image.new("RGB", size), Image.new("RGB", size, "white")):
        assert 1 <= text_height([], image) <= max(size)
