"""The runs give both texts back."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import Levenshtein

from promptfit.report.differences import EXTRA, MISSING, SAME, runs


@pytest.mark.parametrize(
    ("truth", "answer", "expected"),
    [
        ("Иван", "Иван", [(SAME, "Иван")]),
        ("Иван", "Имя: Иван", [(EXTRA, "Имя: "), (SAME, "Иван")]),
        ("Иван", "Ивн", [(SAME, "Ив"), (MISSING, "а"), (SAME, "н")]),
        ("1.5", "1,5", [(SAME, "1"), (MISSING, "."), (EXTRA, ","), (SAME, "5")]),
        (
            "Карбаинов",
            "Ф: Карбанов.",
            [(EXTRA, "Ф: "), (SAME, "Карба"), (MISSING, "и"), (SAME, "нов"), (EXTRA, ".")],
        ),
        ("", "да", [(EXTRA, "да")]),
        ("", "", []),
    ],
)
def test_runs(truth: str, answer: str, expected: list[tuple[str, str]]) -> None:
    assert runs(truth, answer) == expected


@given(st.text("абв ", max_size=12), st.text("абв ", max_size=12))
def test_nothing_is_lost(truth: str, answer: str) -> None:
    found = runs(truth, answer)
    assert "".join(text for kind, text in found if kind != EXTRA) == truth
    assert "".join(text for kind, text in found if kind != MISSING) == answer


def test_a_long_answer_takes_no_time() -> None:
    start = time.monotonic()
    runs("г. Санкт-Петербург, Невский проспект, дом 1", "слово " * 2000)
    assert time.monotonic() - start < 1


@given(st.text("абв ", max_size=12), st.text("абв ", max_size=12))
def test_the_edits_are_as_few_as_can_be(truth: str, answer: str) -> None:
    found = runs(truth, answer)
    shared = sum(len(text) for kind, text in found if kind == SAME)
    assert max(len(truth), len(answer)) - shared <= Levenshtein.distance(truth, answer)
