"""A metric's direction, its loss, and which of them a search can be for."""

from collections.abc import Callable

import pytest

from promptfit.score.aggregate import by_document, pool
from promptfit.score.cer import count
from promptfit.score.metrics import CER, METRICS, beside, objective
from promptfit.score.normalize import Chain
from promptfit.types import PromptfitError, Scored

PAIRS = (["кот", "пёс", "белый лис"], ["кот", "пес!", "лис"])


@pytest.mark.parametrize(
    ("name", "units"),
    [("cer", [(0, 3), (2, 3), (6, 9)]), ("exact", [(0, 1), (1, 1), (1, 1)]), ("wer", [(0, 1), (1, 1), (1, 2)])],
)
def test_an_answer_is_a_loss_and_a_weight_whatever_the_direction(name: str, units: list[tuple[int, int]]) -> None:
    assert [METRICS[name].units(one) for one in count(*PAIRS, Chain())] == units


def test_more_is_better_turned_into_a_loss_gives_its_interval_back(scored_from: Callable[..., list[Scored]]) -> None:
    right = METRICS["exact"]
    scored = scored_from((str(place), count(["да"], ["да" if place % 3 else "нет"], Chain())[0]) for place in range(60))
    score = pool(scored, metric=right)
    ends = score.intervals["exact"]
    assert score.values["exact"] == pytest.approx(2 / 3) and right.loss(score) == pytest.approx(1 / 3)
    assert 0 < ends.low < score.values["exact"] < ends.high < 1
    assert sum(loss for loss, _ in by_document(scored, right).values()) == 20
    assert set(pool(scored).intervals) == {"cer"}


def test_others_stand_in_one_order() -> None:
    assert [metric.name for metric in beside()] == [
        "exact",
        "value",
        "anls",
        "fidelity",
        "wer",
        "missed",
        "false_extraction",
    ]
    assert [metric.name for metric in beside(METRICS["exact"])][:4] == ["value", "anls", "fidelity", "cer"]


@pytest.mark.parametrize(
    ("name", "why"), [("bleu", "no such metric"), ("anls", "whole numbers"), ("missed", "only some truths")]
)
def test_an_objective_that_cannot_race_is_refused_with_those_that_can(name: str, why: str) -> None:
    with pytest.raises(PromptfitError, match=f"objective={name}: .*{why}.*; there are: cer, exact, value, wer$"):
        objective(name)
    assert objective("cer") is CER
