"""Counts of many candidates: equal to jiwer on the same lists, to the last digit, and to the pool of each."""

from __future__ import annotations

import random
from collections.abc import Callable

import jiwer
import pytest

from promptfit.score.aggregate import pool
from promptfit.score.cer import columns, count
from promptfit.score.normalize import Chain
from promptfit.score.tally import Tally
from promptfit.types import Scored

LETTERS = "абвгд  .-\t12"


@pytest.fixture(scope="module")
def lists() -> tuple[list[str], list[list[str]]]:
    dice = random.Random(5)

    def text(least: int) -> str:
        return "".join(dice.choices(LETTERS, k=dice.randint(least, 25)))

    truths = ["я" + text(0) for _ in range(120)]
    return truths, [[text(0) if dice.random() < share else truth for truth in truths] for share in (0, 0.2, 0.9)]


def test_every_candidate_equals_jiwer_to_the_last_digit(lists: tuple[list[str], list[list[str]]]) -> None:
    truths, answers = lists
    scores = Tally.of_texts(truths, answers, [place // 2 for place in range(120)], Chain()).scores()
    for own, score in zip(answers, scores, strict=True):
        assert (score.cer, score.values["wer"]) == (jiwer.cer(truths, own), jiwer.wer(truths, own))
        assert (score.samples, score.documents) == (120, 60)


def test_texts_scored_samples_and_pools_agree(
    lists: tuple[list[str], list[list[str]]], scored_from: Callable[..., list[Scored]]
) -> None:
    truths, answers = lists
    names = [f"d{place // 2:03}" for place in range(120)]
    scored = [scored_from(zip(names, count(truths, own, Chain()), strict=True)) for own in answers]
    ours = Tally.of_texts(truths, answers, [place // 2 for place in range(120)], Chain()).scores(seed=3)
    assert ours == Tally.of_scored(scored, sorted(set(names))).scores(seed=3)
    for one, own in zip(ours, scored, strict=True):
        assert one == pool(own, seed=3)


def test_many_candidates_are_counted_in_parts(
    lists: tuple[list[str], list[list[str]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    truths, answers = lists
    whole = Tally.of_texts(truths, answers, range(120), Chain()).scores()
    monkeypatch.setattr("promptfit.score.tally._PAIRS", 130)
    assert Tally.of_texts(truths, answers, range(120), Chain()).scores() == whole


def test_lists_of_other_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match="1 truths, but 2 answers"):
        columns(["a"], ["a", "b"], Chain())


def test_no_pair_is_no_count() -> None:
    assert count([], [], Chain()) == []
