"""Attention laid over a box: figures that can be told by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from promptfit.answer.attending import Gaze
from promptfit.study.grounding.attention_in_box import Glance, Seen, attention, choosing, coverage, glance, relative
from promptfit.types import Box, Field, Sample

SIZE = (80, 40)
"""An image of 4 x 2 cells of 20 pixels."""


def gaze(question: object, generic: Any = 1.0) -> Gaze:
    weights = np.array(question, dtype=np.float32)
    return Gaze(weights, np.broadcast_to(np.float32(generic), weights.shape).copy())


@pytest.mark.parametrize(
    ("box", "expected"),
    [
        ((20, 0, 40, 20), [[0, 1, 0, 0], [0, 0, 0, 0]]),
        ((30, 10, 50, 30), [[0, 0.25, 0.25, 0], [0, 0.25, 0.25, 0]]),
        ((0, 0, 80, 40), [[1, 1, 1, 1], [1, 1, 1, 1]]),
        ((75, 35, 80, 40), [[0, 0, 0, 0], [0, 0, 0, 0.0625]]),
    ],
)
def test_the_share_of_each_cell_is_exact(box: Box, expected: list[list[float]]) -> None:
    assert coverage(box, SIZE, (2, 4)).tolist() == expected


def test_a_grid_that_does_not_divide_the_image_covers_all_of_it() -> None:
    assert coverage((0, 0, 100, 70), (100, 70), (3, 7)) == pytest.approx(np.ones((3, 7)))
    assert coverage((10, 7, 60, 42), (100, 70), (3, 7)).mean() == pytest.approx(0.25)


def test_blind_looking_has_the_areas_share() -> None:
    seen = glance(gaze(np.full((3, 2, 4), 0.1)), (30, 10, 50, 30), SIZE)
    assert seen.mass == pytest.approx([seen.area] * 3, abs=1e-6)
    assert seen.area == pytest.approx(400 / 3200)


def test_mass_and_strongest_spot_by_hand() -> None:
    maps = [[[1, 6, 1, 0], [0, 0, 0, 0]], [[0, 2, 2, 4], [0, 0, 0, 0]]]
    seen = glance(gaze(maps), (20, 0, 50, 20), SIZE)  # the whole of one cell, half of the next
    assert seen.mass == pytest.approx([6.5 / 8, 3 / 8])
    assert seen.points.tolist() == [True, False]


def test_the_attention_itself_is_measured_beside() -> None:
    seen = glance(gaze([[[0, 2, 2, 4], [0, 0, 0, 0]]], [[[1, 1, 1, 8], [1, 1, 1, 1]]]), (20, 0, 40, 20), SIZE)
    assert seen.absolute == pytest.approx([2 / 8]) and seen.mass == pytest.approx([2 / 4.5], abs=1e-6)
    blind = glance(gaze(np.zeros((1, 2, 4))), (20, 0, 40, 20), SIZE)
    assert blind.mass.tolist() == blind.absolute.tolist() == [0], "a window that does not reach the image"


def test_a_box_smaller_than_a_cell_can_be_pointed_at() -> None:
    seen = glance(gaze([[[0, 0, 0, 0], [0, 0, 0, 1]]]), (70, 33, 78, 36), SIZE)
    assert seen.points.tolist() == [True]


def test_what_is_looked_at_anyway_does_not_count() -> None:
    question = [[[0.4, 0.2], [0.2, 0.2]]]
    assert relative(gaze(question, [[[0.4, 0.1], [0.2, 0.2]]])).tolist()[0] == pytest.approx(
        np.array([[1.0, 2.0], [1.0, 1.0]])
    )
    assert np.isfinite(relative(gaze(question, 0.0))).all(), "half precision rounds small weights to 0"


def seen(document: str, masses: list[float], right: bool) -> Seen:
    sample = Sample(document, Path("x.png"), "x", "", "Анна", Field("passport", "Имя"), "test", (0, 0, 5, 5))
    return Seen(sample, right, Glance(np.array(masses), np.array(masses) > 0.5, 0.1, np.array(masses) / 2))


def test_the_layer_is_chosen_on_documents_that_are_not_told_of() -> None:
    names = [f"d{place:02}" for place in range(40)]
    everything = [seen(name, [0.1, 0.1], True) for name in names]
    chosen = choosing(everything, seed=3)
    assert len(chosen) == 20 and choosing(everything[::-1], seed=3) == chosen != choosing(everything, seed=4)
    # layer 1 is better where the layer is chosen, and worse where it is told of
    told = attention([seen(n, [0.2, 0.6] if n in chosen else [0.7, 0.3], right=n < "d20") for n in names], 3, True)
    assert told.layer == 1 and [one.value for one in told.layers] == [pytest.approx(0.7), pytest.approx(0.3)]
    assert told.mass_right.value == pytest.approx(0.3) and told.mass_right.low is None, "all are alike"
    assert told.mass_right.count + told.mass_wrong.count == 20
    assert told.pointing.value == 0 and told.area.value == pytest.approx(0.1) and told.taught
    assert told.mass_difference.value == pytest.approx(0)
    assert told.absolute_right.value == pytest.approx(0.15) and told.absolute_difference.value == pytest.approx(0)


def test_right_answers_against_wrong_ones_with_an_interval() -> None:
    rng = np.random.default_rng(0)
    answers = [seen(f"d{i:03}", [0.3 * (i % 2) + 0.5 * rng.random()], bool(i % 2)) for i in range(200)]
    difference = attention(answers, 0, taught=False).mass_difference
    assert difference.low is not None and difference.high is not None and difference.value is not None
    assert 0.1 < difference.low < difference.value < difference.high < 0.5


def test_one_document_is_told_of_all_the_same() -> None:
    told = attention([seen("d", [0.1, 0.4], True), seen("d", [0.2, 0.6], True)], 0, taught=False)
    assert told.layer == 1 and told.mass_right.value == pytest.approx(0.5)
    assert told.mass_wrong.value is None and told.mass_difference.value is None
    assert told.mass_right.low is None and told.fields.keys() == {"passport Имя"}
