"""Whether errors are laid to small text."""

from __future__ import annotations

import random

import pytest

from answered import SOURCE, SURNAME, read
from promptfit.score.normalize import Chain
from promptfit.study.errors.classify import Read, errors_record
from promptfit.study.records.errors_json import GrowthPoint
from promptfit.types import Field

NUMBER = Field("passport", "Номер")


def answers(small_errs: float, large_errs: float, documents: int = 80, field: Field = SURNAME) -> list[Read]:
    """Each document once with small and once with larger text, misread in so many cases."""
    dice, reads = random.Random(0), []
    for number in range(documents):
        for height, errs in ((7.0, small_errs), (14.0, large_errs)):
            answer = "Карбаин0в" if dice.random() < errs else "Карбаинов"
            reads.append(read("Карбаинов", answer, f"p-{number}", field, height=height))
    return reads


def growth(reads: list[Read]) -> dict[str, GrowthPoint]:
    return {one.lever: one for one in errors_record(reads, SOURCE, Chain(), 0).growth}


def test_what_larger_text_of_the_same_field_has_not_is_what_a_larger_image_would_mend() -> None:
    reads = answers(0.8, 0.1)
    found, small, large = (
        growth(reads),
        *(sum(one.counts.edits for one in reads if one.text_height == h) for h in (7, 14)),
    )
    chars = sum(one.counts.chars for one in reads)
    assert found["larger image"].fall == pytest.approx((small - large) / chars)
    assert found["better model"].fall == pytest.approx(2 * large / chars)
    assert found["larger image"].answers == small and found["larger image"].weakness == "substitution"
    metrics = errors_record(reads, SOURCE, Chain(), 0).metrics
    assert metrics["small_text_below"] == 10.5 and metrics["small_text_share"] == pytest.approx(1 - large / small)
    assert 0 < metrics["small_text_share_low"] < metrics["small_text_share"] < metrics["small_text_share_high"] <= 1


@pytest.mark.parametrize(("small_errs", "large_errs"), [(0.3, 0.3), (0.1, 0.8), (0.0, 0.5)])
def test_nothing_is_laid_to_small_text_that_is_read_as_well(small_errs: float, large_errs: float) -> None:
    assert "larger image" not in growth(answers(small_errs, large_errs))


def test_a_hard_field_that_is_printed_small_is_no_small_text() -> None:
    hard = [read("1234", "1284", f"p-{number}", NUMBER, height=7.0) for number in range(60)]
    easy = [read("Карбаинов", "Карбаинов", f"p-{number}", height=14.0) for number in range(60)]
    assert "larger image" not in growth(hard + easy)


def test_text_of_one_height_is_neither_small_nor_large() -> None:
    assert "larger image" not in growth([read("Орлова", "Орл0ва", f"p-{number}", height=9.0) for number in range(40)])


def test_chatter_has_nothing_to_do_with_the_size_of_text() -> None:
    reads = [
        read("Орлова", "Фамилия: Орлова" if h < 10 else "Орлова", f"p-{n}", height=h)
        for n in range(40)
        for h in (7, 14)
    ]
    assert set(growth(reads)) == {"prompt"}
