from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jiwer
import pytest

from promptfit.score.aggregate import pool
from promptfit.score.cer import count
from promptfit.score.normalize import Chain
from promptfit.types import Scored

CASES = json.loads((Path(__file__).parent / "cases" / "cer.json").read_text("utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_case(case: dict[str, Any], scored_from: Callable[..., list[Scored]]) -> None:
    counts = count(case["truths"], case["answers"], Chain(case["chain"]))
    score = pool(scored_from((str(index), one) for index, one in enumerate(counts)))
    for metric in ("cer", "wer", "exact", "anls"):
        assert score.values[metric] == pytest.approx(case[metric], abs=case["tolerance"], rel=0), metric


@pytest.mark.parametrize("case", [case for case in CASES if case["chain"] == ["strip"]], ids=lambda case: case["name"])
def test_case_says_what_jiwer_says(case: dict[str, Any]) -> None:
    """jiwer strips both sides by itself, so its own defaults are the chain ``[strip]``."""
    assert jiwer.cer(case["truths"], case["answers"]) == pytest.approx(case["cer"], abs=case["tolerance"], rel=0)
    assert jiwer.wer(case["truths"], case["answers"]) == pytest.approx(case["wer"], abs=case["tolerance"], rel=0)


@pytest.mark.parametrize("seed", range(20))
def test_random_lists_equal_jiwer_to_the_last_digit(seed: int, scored_from: Callable[..., list[Scored]]) -> None:
    dice = random.Random(seed)

    def text() -> str:
        return "".join(dice.choices("абвГ 1\t\n\u00a0ё😀", k=dice.randrange(12)))

    truths, answers = [text() for _ in range(50)], [text() for _ in range(50)]
    counts = count(truths, answers, Chain())
    score = pool(scored_from((str(index), one) for index, one in enumerate(counts)))
    assert score.cer == jiwer.cer(truths, answers)
    assert score.values["wer"] == jiwer.wer(truths, answers)
    for truth, answer, one in zip(truths, answers, counts, strict=True):
        out = jiwer.process_characters(truth, answer)
        assert one.edits == out.substitutions + out.deletions + out.insertions
        assert one.chars == out.substitutions + out.deletions + out.hits


def test_lists_of_different_length_are_refused() -> None:
    with pytest.raises(ValueError):
        count(["а"], [], Chain())


def test_nothing_in_nothing_out() -> None:
    assert count([], [], Chain()) == []
