"""Boxes that are in no pixels: a word at loading, how to convert them, and nothing where they may well be pixels."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from promptfit.data.reader import load
from promptfit.types import PromptfitError

PIXELS = ((120, 80, 900, 130), (300.5, 1500, 1700, 1602))
SIZE = (2000, 1700)


def data(make_dataset: Callable[..., Path], boxes: list[str], size: tuple[int, int] = SIZE) -> Path:
    rows = [f"{n};;images/{n}.{'jpg' if n == 2 else 'png'};q;a;form;{n};{box}" for n, box in enumerate(boxes, 1)]
    root = make_dataset(*rows)
    for image in (root / "images").iterdir():
        Image.new("L", size, image.name.encode()[0]).save(image)
    return root


def scaled(unit: float) -> list[str]:
    width, height = SIZE
    return [
        str([unit * x1 / width, unit * y1 / height, unit * x2 / width, unit * y2 / height]) for x1, y1, x2, y2 in PIXELS
    ]


@pytest.mark.parametrize(
    ("unit", "said"),
    [
        (1, "are they shares of 1? Boxes are in pixels: write x * width and y * height of each image"),
        (100, "are they percent? Boxes are in pixels: write x * width / 100 and y * height / 100 of each image"),
        (1000, "are they thousandths? Boxes are in pixels: write x * width / 1000 and y * height / 1000 of each image"),
    ],
)
def test_a_unit_of_another_tool_is_named(make_dataset: Callable[..., Path], unit: int, said: str) -> None:
    (line,) = [one for one in load(data(make_dataset, ["", *scaled(unit)])).warnings if "answer_bbox" in one]
    assert f'annotation.csv: all 2 "answer_bbox" end by {unit}, in images of up to 2000x1700 pixels' in line
    assert said in line


@pytest.mark.parametrize(
    "boxes", [[str(list(box)) for box in PIXELS], ["[10, 10, 40, 40]", "[10, 10, 1100, 40]"], ["", ""]]
)
def test_pixels_are_no_doubt(make_dataset: Callable[..., Path], boxes: list[str]) -> None:
    assert not [line for line in load(data(make_dataset, boxes)).warnings if "answer_bbox" in line]


def test_small_images_hold_small_boxes(make_dataset: Callable[..., Path]) -> None:
    assert not [one for one in load(data(make_dataset, ["[1, 2, 90, 70]"], (100, 80))).warnings if "answer_bbox" in one]


@pytest.mark.parametrize(
    ("box", "said"),
    [
        ("[100, 100, 900, 990]", "outside the image of 400x300 pixels.*thousandths x \\* width / 1000"),
        ("[200, 100, 60, 20]", "x, y, width, height: \\[x, y, x \\+ width, y \\+ height\\]"),
        ("[0.9, 0.1, 0.5, 0.2]", "x1 < x2"),
    ],
)
def test_what_is_no_box_is_refused_with_the_likely_remedy(
    make_dataset: Callable[..., Path], box: str, said: str
) -> None:
    with pytest.raises(PromptfitError, match=f'row 2, column "answer_bbox": .*{said}'):
        load(data(make_dataset, [box], (400, 300)))
