"""Whether boxes are in pixels: many tools write them in percent, in 0 to 1 or in 0 to 1000."""

from __future__ import annotations

from collections.abc import Sequence

from promptfit.data.images import ImageFacts
from promptfit.types import Box

UNITS = {1: "shares of 1", 100: "percent", 1000: "thousandths"}
"""Where boxes end that are no pixels."""


def doubtful_unit(boxes: Sequence[tuple[Box, ImageFacts]]) -> str:
    """A word where all boxes end by 1, 100 or 1000 in larger images; nothing where they may well be pixels.

    Args:
        boxes: Every box with the image that it is in.
    """
    end = max((max(box) for box, _ in boxes), default=0.0)
    unit = next((one for one in UNITS if end <= one), None)
    if not boxes or unit is None or any(max(image.width, image.height) <= unit for _, image in boxes):
        return ""
    width, height = max((image.width, image.height) for _, image in boxes)
    scale = "" if unit == 1 else f" / {unit}"
    return (
        f'all {len(boxes)} "answer_bbox" end by {unit}, in images of up to {width}x{height} pixels: are they '
        f"{UNITS[unit]}? Boxes are in pixels: write x * width{scale} and y * height{scale} of each image then; else "
        "what is said of an answer's place is said of another"
    )


def outside(text: str, image: ImageFacts) -> str:
    """What is wrong with a box that is not inside its image."""
    return (
        f"{text} reaches outside the image of {image.width}x{image.height} pixels; correct it or leave it empty (boxes "
        "are in pixels: of one in thousandths x * width / 1000 and y * height / 1000)"
    )
