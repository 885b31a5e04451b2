"""Covering places: what is covered is gone, and nothing else is touched."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest
from PIL import Image, ImageDraw

from promptfit.study.grounding.elsewhere import elsewhere
from promptfit.study.grounding.occluder import FILLS, Cover, around, checked_fills
from promptfit.types import PromptfitError

PATCH = (60, 20, 120, 40)


@pytest.fixture
def image() -> Image.Image:
    drawn = Image.new("RGB", (200, 100), (230, 220, 200))
    pen = ImageDraw.Draw(drawn)
    for y in range(5, 95, 16):
        pen.text((10, y), "Фамилия КАРБАИНОВ 1985", fill=(20, 20, 60), font_size=14)
    return drawn


def ink(image: Image.Image) -> float:
    """How much a patch varies: letters are darker than paper."""
    return float(np.array(image.convert("L").crop(PATCH), dtype=float).std())


@pytest.mark.parametrize("fill", FILLS)
def test_only_the_patch_changes_and_its_letters_are_gone(image: Image.Image, fill: str) -> None:
    before = image.tobytes()
    covered = Cover((PATCH,), fill, seed=1)(image)
    assert image.tobytes() == before and covered.size == image.size
    changed = (np.array(covered) != np.array(image)).any(axis=2)
    x1, y1, x2, y2 = PATCH
    inside = np.zeros_like(changed)
    inside[y1:y2, x1:x2] = True
    assert changed[inside].mean() > 0.5 and not changed[~inside].any()
    shown, hidden = np.array(image.crop(PATCH), float).ravel(), np.array(covered.crop(PATCH), float).ravel()
    likeness = 0.0 if hidden.std() == 0 else abs(float(np.corrcoef(shown, hidden)[0, 1]))
    assert likeness < 0.5, "what is under it can't be told"
    assert fill == "noise" or ink(covered) < 0.5 * ink(image)


def test_the_background_is_the_papers_colour(image: Image.Image) -> None:
    blank = Image.new("RGB", (200, 100), (230, 220, 200))
    ImageDraw.Draw(blank).rectangle((70, 25, 110, 35), fill=(0, 0, 0))
    covered = Cover((PATCH,), "background", 0)(blank)
    assert covered.getcolors() == [(20000, (230, 220, 200))]


def test_the_same_cover_gives_the_same_bytes_and_has_its_own_name(image: Image.Image) -> None:
    covers = [
        Cover((PATCH,), "noise", 1),
        Cover((PATCH,), "noise", 2),
        Cover((PATCH,), "blur", 1),
        Cover((PATCH, (0, 0, 9, 9)), "noise", 1),
    ]
    assert covers[0].name == "cover@1/60,20,120,40/noise/1"
    assert covers[3].name == "cover@1/60,20,120,40+0,0,9,9/noise/1"
    assert len({one.name for one in covers}) == len({one(image).tobytes() for one in covers}) == 4
    assert Cover((PATCH,), "noise", 1)(image).tobytes() == covers[0](image).tobytes()


@pytest.mark.parametrize("fill", FILLS)
def test_a_patch_that_is_the_whole_image_can_be_covered(image: Image.Image, fill: str) -> None:
    assert Cover(((0, 0, 200, 100),), fill, 0)(image).tobytes() != image.tobytes()


def test_the_margin_stays_inside_the_image() -> None:
    assert around((10.4, 20.6, 50.2, 40.1), 200, 100) == (8, 18, 53, 43)
    assert around((0, 0, 200, 100), 200, 100) == (0, 0, 200, 100)


def test_unknown_fills_are_named() -> None:
    assert checked_fills(["blur", "blur", "white"]) == ("blur", "white")
    for fills in (["blur", "tar"], []):
        with pytest.raises(PromptfitError, match="no such fill; there are: background, gray, blur, noise, white"):
            checked_fills(fills)


def meet(first: tuple[int, ...], second: tuple[int, ...]) -> bool:
    return first[0] < second[2] and second[0] < first[2] and first[1] < second[3] and second[1] < first[3]


def test_elsewhere_is_as_large_and_meets_no_box() -> None:
    draw = Random(0)
    for _ in range(50):
        boxes = [
            (x, y, x + draw.randint(5, 60), y + draw.randint(5, 20))
            for x, y in draw.choices([(3, 3), (90, 40), (20, 70), (120, 5)], k=3)
        ]
        patch = boxes[0]
        found = elsewhere(patch, boxes, 200, 100, draw)
        assert found and sum((x2 - x1) * (y2 - y1) for x1, y1, x2, y2 in found) == (patch[2] - patch[0]) * (
            patch[3] - patch[1]
        )
        assert all(0 <= x1 < x2 <= 200 and 0 <= y1 < y2 <= 100 for x1, y1, x2, y2 in found)
        assert not any(meet(one, box) for one in found for box in boxes)


def test_a_patch_is_cut_where_it_finds_no_room_whole() -> None:
    patch = (0, 0, 100, 10)
    assert len(elsewhere(patch, [], 100, 20, Random(0)) or ()) == 1
    post = (45, 0, 55, 40)  # no room for 100 pixels side by side
    found = elsewhere(patch, [post], 100, 40, Random(0)) or ()
    assert len(found) > 1 and sum((x2 - x1) * (y2 - y1) for x1, y1, x2, y2 in found) == 1000
    assert not any(meet(one, other) for at, one in enumerate(found) for other in [patch, post, *found[:at]])


def test_a_full_page_has_no_room() -> None:
    assert elsewhere((0, 0, 50, 50), [(50, 0, 100, 50)], 100, 50, Random(0)) is None
    assert elsewhere((0, 0, 100, 50), [], 100, 50, Random(0)) is None
