"""Whether the statistics hold, on few seeded data sets; `python -m benchmarks statistics` runs 2,000 of each.

Bounds are the goals, and what chance adds to so few runs (three standard errors).
"""

from __future__ import annotations

import pytest
from benchmarks import mixing, statistics
from benchmarks.stated import stated


def slack(rate: float, runs: int) -> float:
    error: float = (rate * (1 - rate) / runs) ** 0.5
    return 3 * error


@pytest.mark.parametrize("kind", ["some", "rambling", "to the limit"])
@pytest.mark.parametrize(("documents", "erring"), [(60, 0.3), (133, 0.1), (133, 0.3), (400, 0.1), (400, 0.3)])
def test_intervals_cover(monkeypatch: pytest.MonkeyPatch, documents: int, erring: float, kind: str) -> None:
    monkeypatch.setattr(statistics, "LARGE", 200_000)
    ours, _, longer = statistics.covered(100, documents, erring, kind)
    assert ours >= 0.93 - slack(0.05, 100) and longer < 2


@pytest.mark.parametrize("racing", ["select", "off"])
@pytest.mark.parametrize("candidates", [2, 20])
def test_equals_have_no_winner(candidates: int, racing: bool) -> None:
    assert statistics.winners(60, candidates, stated(f"racing/{racing}")) <= 0.05 + slack(0.05, 60)


def test_a_gap_is_found() -> None:
    row = statistics.power(150)
    assert row.met, row


@pytest.mark.parametrize("kind", ["evenly", "at random"])
def test_a_race_loses_little_and_saves_two_thirds(kind: str) -> None:
    lost, near, requests = statistics.raced(40, kind)
    assert lost <= 0.05 and near >= 0.95 and requests <= 1 / 3


@pytest.mark.parametrize("labels", [2, 5])
@pytest.mark.parametrize("kind", list(mixing.KINDS))
def test_a_selection_is_no_worse_than_the_best_single_collection(kind: str, labels: int) -> None:
    ours, mix = mixing.above(30, kind, labels)
    assert ours <= 0.0015
    if kind == "in fields":
        assert ours < -0.0005
    if kind == "one better":
        assert mix > ours, "taking the mix whatever it does is worse"
