"""A CER as people read it, in every command alike."""

from __future__ import annotations

import math

import pytest

from promptfit.commands.shared.cer_text import cer_text, ends
from promptfit.select.selection_record import Figures
from promptfit.study.records.study_source import Cell
from promptfit.types import Interval, Score

NAN = math.nan


@pytest.mark.parametrize(
    ("one", "text"),
    [
        (None, "-"),
        (Score({"cer": 0.01234}, {"cer": Interval(0.0091, 0.0164, "gamma")}, 40, 20), "0.0123 (0.009-0.016)"),
        (
            Score({"cer": 0.0}, {"cer": Interval(0.0, 0.168, "exact")}, 40, 20),
            "0.0000 (errors in at most 17% of documents)",
        ),
        (Score({"cer": 0.5}, {"cer": Interval(NAN, NAN, "none")}, 1, 1), "0.5000"),
        (Figures({"cer": 1.5}, None, None, "none"), "1.5000"),
        (Figures({"cer": 0.0}, None, None, "exact"), "0.0000 (errors in at most 0% of documents)"),
        (Cell(0.25, 0.2, 0.3, "studentized", 0.5, 10, 9), "0.2500 (0.200-0.300)"),
    ],
)
def test_a_cer_with_its_interval(one: Score | Figures | Cell | None, text: str) -> None:
    assert cer_text(one) == text


def test_the_ends_in_other_forms() -> None:
    assert cer_text(Figures({"cer": 0.01}, 0.004, 0.02, "gamma"), ".4f") == "0.0100 (0.0040-0.0200)"
    assert ends(-0.01, 0.02) == " (-0.010 to 0.020)"
    assert ends(0.1, 0.2, ".1%", " to ") == " (10.0% to 20.0%)"
    assert ends(0.1, None) == ends(None, 0.1) == ends(NAN, NAN) == ""
