"""A field's race: its rules one by one; how often they fail is simulated in test_simulated."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from benchmarks.stated import stated

from promptfit.select.field_race import FieldRace
from promptfit.select.select_rules import SelectRacing, standing


def selecting(**changes: object) -> SelectRacing:
    made: SelectRacing = stated("racing/select", **changes)
    return made


def run(race: FieldRace, edits: np.ndarray) -> int:
    requests = 0
    while not race.over:
        block = race.block()
        requests += len(block) * len(race.running)
        race.take(edits[race.running, block.start : block.stop])
    return requests


def test_looks_grow_and_end_before_the_last_document() -> None:
    assert selecting(first=20, growth=2).looks(100) == [20, 40, 80]
    assert selecting(first=20, growth=2).looks(80) == [20, 40]
    assert selecting(first=20).looks(20) == [] and stated("racing/off").looks(999) == []


def test_who_is_far_behind_is_dropped_at_the_first_look_and_keeps_its_edits() -> None:
    edits = np.array([[1, 0] * 50, [5] * 100, [0, 1] * 50])
    race = FieldRace(selecting(growth=2), ["a", "b", "c"], 100)
    assert run(race, edits) == 20 + 200
    (drop,) = race.drops
    assert (drop.candidate, drop.documents, drop.leader, drop.gap) == (1, 20, 0, 4.5)
    assert drop.p == pytest.approx(2**-19 * 3 / 0.4)
    assert race.running == [0, 2] and len(race.losses(1)) == 20 and len(race.losses(2)) == 100


def test_both_error_rates_have_to_allow_it() -> None:
    edits = np.array([[0] * 20, *[[1] * 12 + [0] * 8] * 5])
    assert len(selecting().losers(edits, 0, looks=3, rivals=5)) == 5
    assert not selecting(lose=1e-3).losers(edits, 0, looks=3, rivals=5)
    assert not selecting(alpha=1e-3).losers(edits, 0, looks=3, rivals=5)


def test_off_evaluates_everything() -> None:
    race = FieldRace(stated("racing/off"), ["a", "b"], 60)
    assert run(race, np.array([[0] * 60, [9] * 60])) == 120 and not race.drops


def test_a_lone_candidate_is_asked_everything_in_one_block() -> None:
    race = FieldRace(selecting(), ["a"], 60)
    assert race.block() == range(60)
    assert run(race, np.zeros((1, 60), dtype=int)) == 60


def test_the_lead_goes_to_fewer_edits_then_to_the_shorter_then_by_text() -> None:
    assert standing([3, 2, 2, 2], ["a", "ccc", "bb", "ba"]) == [3, 2, 1, 0]


@pytest.mark.parametrize("wrong", [{"first": 0}, {"growth": 1.0}, {"alpha": 0.0}, {"share": 1.0}, {"lose": 2.0}])
def test_figures_out_of_range_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="racing: "):
        selecting(**wrong)
