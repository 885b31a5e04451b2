"""Pictures of single answers: where the model looked, and what was covered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from promptfit.answer.attending import Gaze
from promptfit.study.grounding.attention_in_box import relative
from promptfit.study.grounding.occluder import Cover
from promptfit.study.grounding.occlusion import MISLED, READ, UNSTEADY, WITHOUT, WRONG, GroundingQuestion, Looked
from promptfit.study.records.look_json import Overlay
from promptfit.support.files import pixels
from promptfit.types import PromptfitError

if TYPE_CHECKING:
    from PIL.Image import Image

FOLDER = "look"
"""Beside the record."""
ORDER = (WRONG, WITHOUT, MISLED, READ, UNSTEADY)
"""What to show first, in turn."""
_SMALL, _LARGE = 480, 1200
"""Pixels of the longer side: smaller images are enlarged by a whole number, larger ones shrunk."""
_BOX, _PATCH = (0, 150, 255), (220, 0, 120)
_RAMP = np.array([[255, 255, 120], [255, 140, 0], [200, 0, 0]], dtype=np.float64)
"""Colours of weak, middling and strong attention."""


def telling(answers: Sequence[Looked], count: int, seed: int) -> list[Looked]:
    """Some answers of every verdict in turn, each time of the field that was shown least.

    Args:
        answers: All answers.
        count: How many at most.
        seed: Of the order among equals.
    """
    groups = {name: [one for one in answers if one.verdict == name] for name in ORDER}
    for name, group in groups.items():
        Random(f"overlays {seed} {name}").shuffle(group)
    chosen: list[Looked] = []
    shown: dict[str, int] = {}
    while len(chosen) < count and any(groups.values()):
        for group in (own for own in groups.values() if own):
            place = min(range(len(group)), key=lambda at: shown.get(_field(group[at]), 0))
            one = group.pop(place)
            shown[_field(one)] = shown.get(_field(one), 0) + 1
            chosen.append(one)
    return chosen[:count]


def draw(folder: Path, answers: Sequence[Looked], gazes: Mapping[int, Gaze], layer: int | None) -> list[Overlay]:
    """Writes the pictures of these answers, and takes away those of an earlier study.

    Args:
        folder: The record's; the pictures lie in ``look/`` under it.
        answers: As ``telling`` gives them.
        gazes: By place in ``answers``; none where there is no attention.
        layer: Whose map is drawn.

    Raises:
        PromptfitError: They can't be written.
    """
    into = folder / FOLDER
    try:
        into.mkdir(parents=True, exist_ok=True)
        for old in into.glob("[0-9][0-9][0-9]-*.png"):
            old.unlink()
        return [_drawn(folder, place, one, gazes.get(place), layer) for place, one in enumerate(answers)]
    except OSError as error:
        raise PromptfitError(f"{into}: cannot be written ({error.strerror}); check its rights and the disk") from error


def _drawn(folder: Path, place: int, one: Looked, gaze: Gaze | None, layer: int | None) -> Overlay:
    image, variant = pixels.read(one.question.sample.image), one.telling
    pictures = {
        "covered": _covered(image, variant.covered.here),
        "elsewhere": _covered(image, variant.covered.elsewhere),
    }
    if gaze and layer is not None:
        pictures["heat"] = _heat(image, relative(gaze)[layer], one.question)
    names = {kind: f"{FOLDER}/{place + 1:03d}-{kind}.png" for kind in pictures}
    for kind, picture in pictures.items():
        picture.save(folder / names[kind], optimize=True)
    return Overlay(
        field=_field(one),
        document=one.question.sample.document,
        truth=one.clean.expected,
        answer=one.clean.reading.value,
        verdict=one.verdict,
        mass=float(one.glance.mass[layer]) if one.glance and layer is not None else None,
        heat=names.get("heat", ""),
        covered=names["covered"],
        covered_answer=variant.here,
        elsewhere=names["elsewhere"],
        elsewhere_answer=variant.elsewhere,
    )


def _heat(image: Image, looked: NDArray[np.float64], question: GroundingQuestion) -> Image:
    """The image with the map over it, the stronger the more opaque, and the answer's box."""
    from PIL import Image as pillow

    base = _scaled(image)
    cells = (looked / max(float(looked.max()), 1e-12)).astype(np.float32)
    strength = pillow.fromarray(cells).resize(base.size, pillow.Resampling.BILINEAR)
    share = np.clip(np.array(strength, dtype=np.float64), 0, 1)[..., None]
    place = share[..., 0] * (len(_RAMP) - 1)
    colour = np.stack([np.interp(place, range(len(_RAMP)), channel) for channel in _RAMP.T], axis=-1)
    opaque = 0.8 * share
    mixed = np.array(base.convert("L").convert("RGB")) * (1 - opaque) + colour * opaque
    return _outlined(pillow.fromarray(np.rint(mixed).astype(np.uint8)), image, [question.sample.box or ()], _BOX)


def _covered(image: Image, cover: Cover) -> Image:
    """The image as it was asked about, with the covered places outlined."""
    return _outlined(_scaled(cover(image)), image, cover.patches, _PATCH)


def _outlined(picture: Image, image: Image, boxes: Sequence[Sequence[float]], colour: tuple[int, int, int]) -> Image:
    from PIL import ImageDraw

    pen, scale = ImageDraw.Draw(picture), picture.width / image.width
    for box in boxes:
        x1, y1, x2, y2 = (round(end * scale) for end in box)
        pen.rectangle((x1 - 2, y1 - 2, x2 + 1, y2 + 1), outline=colour, width=2)
    return picture


def _scaled(image: Image) -> Image:
    from PIL.Image import Resampling

    longest = max(image.size)
    if longest >= _SMALL:
        scale = min(1.0, _LARGE / longest)
        return image.resize((round(image.width * scale), round(image.height * scale)), Resampling.LANCZOS)
    times = -(-_SMALL // longest)
    return image.resize((image.width * times, image.height * times), Resampling.BICUBIC)


def _field(one: Looked) -> str:
    return one.question.sample.field.name
