"""One call against many, on answers of which everything is known."""

from __future__ import annotations

from pathlib import Path

import pytest

from promptfit.report.calls_chart import frontier
from promptfit.score.cer import count
from promptfit.score.normalize import Chain
from promptfit.select.call_plans.calls_record import BothWays, Costs, TypeCalls
from promptfit.select.call_plans.compared import both_ways, field_calls, p_value, same_samples, verdict
from promptfit.select.call_plans.costs import costs_of
from promptfit.select.call_plans.plans import cers, chosen, plans
from promptfit.types import Answer, Field, Reading, Sample, Scored

NAME, SEX = Field("passport", "Имя"), Field("passport", "Пол")
TRUTHS = {NAME: "Екатерина", SEX: "Ж"}


def answers(field: Field, said: list[str], tokens: int = 5, seconds: float = 0.5) -> list[Scored]:
    made = []
    for number, text in enumerate(said):
        sample = Sample(f"d{number}", Path(f"{number}.png"), str(number), "?", TRUTHS[field], field, "test")
        (counts,) = count([sample.answer], [text], Chain())
        made.append(Scored(sample, Answer(text, 100, tokens, seconds, 0.25), Reading(text), counts))
    return made


RIGHT = {field: answers(field, [TRUTHS[field]] * 40) for field in TRUTHS}
SOME = {NAME: RIGHT[NAME], SEX: answers(SEX, ["М"] * 20 + ["Ж"] * 20)}


def test_means_over_fields_and_the_change_between_them() -> None:
    found = both_ways(RIGHT, SOME)
    assert (found["cer"].fields, found["cer"].record, found["cer"].change) == (0, 0.25, 0.25)
    assert found["cer"].low is not None and found["cer"].high is not None and 0.1 < found["cer"].low < 0.25
    exact = found["exact"]
    assert (exact.fields, exact.record, exact.change) == (1, 0.75, -0.25)
    assert exact.low is not None and exact.high is not None and exact.low < -0.25 < exact.high < 0
    assert p_value(RIGHT, SOME) < 1e-3 and p_value(RIGHT, RIGHT) == 1


def test_fields_are_judged_one_by_one() -> None:
    assert [one.verdict for one in field_calls(RIGHT, SOME, margin=0.01)] == ["as good", "worse"]
    assert [one.verdict for one in field_calls(SOME, RIGHT, margin=0.01)] == ["as good", "better"]


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (-0.02, -0.001, "better"),
        (-0.02, 0.009, "as good"),
        (0.001, 0.009, "as good"),
        (0.001, 0.02, "worse"),
        (-0.02, 0.02, "not told apart"),
        (None, None, "as good"),
    ],
)
def test_what_is_said_of_one_call(low: float | None, high: float | None, said: str) -> None:
    assert verdict(BothWays(0.1, 0.1, 0.0, low, high), margin=0.01) == said


def test_only_what_both_were_asked_is_compared() -> None:
    one, other = same_samples(RIGHT, {SEX: SOME[SEX][5:]})
    assert list(one) == [SEX] and len(one[SEX]) == len(other[SEX]) == 35


def test_costs_are_of_a_thousand_documents() -> None:
    assert costs_of([one for own in RIGHT.values() for one in own], 40) == Costs(2000, 200_000, 10_000, 1000, 500)


def test_plans_go_from_one_call_to_a_call_a_field() -> None:
    one = Costs(1000, 100_000, 20_000, 900, 10)
    each = {field: costs_of(own, 40) for field, own in RIGHT.items()}
    found = plans((cers(RIGHT), cers(SOME)), (cers(RIGHT), cers(SOME)), (each, one))
    assert [list(plan.alone) for plan in found] == [[], [SEX.name], [SEX.name, NAME.name]]
    assert [plan.costs.calls for plan in found] == [1000, 2000, 2000], "no record where all are asked alone"
    assert [plan.cer_test for plan in found] == [0.25, 0, 0]
    assert chosen(found, margin=0.01) == 1 and chosen(found, margin=0.3) == 0
    kind = TypeCalls("passport", 40, {}, 1.0, "", 1.0, [], found[-1].costs, found[0].costs, found, 1)
    assert frontier(kind) == [(1.0, 0.25), (2.0, 0.0)]
