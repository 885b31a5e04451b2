"""What the measurement of throughput makes of its figures; nothing is measured here."""

from __future__ import annotations

from pathlib import Path

import pytest
from benchmarks import throughput_outcome as outcome
from benchmarks.throughput import ARMS
from benchmarks.throughput_worker import Heat

SECONDS = {
    outcome.PLAIN: (8.0, 8.0, 16.0),
    outcome.BATCHED: (3.0, 3.0, 3.0),
    outcome.TRANSFORMERS: (1.0, 1.0, 1.0),
    outcome.VLLM: (1.25, 1.25, 1.25),
    outcome.BY_HAND[0]: (2.0, 2.0, 2.0),
    outcome.BY_HAND[1]: (1.2, 1.2, 1.2),
    outcome.LMMS_EVAL[0]: (20.0, 20.0, 20.0),
    outcome.LMMS_EVAL[1]: (2.0, 2.0, 2.0),
}


@pytest.fixture
def measured() -> outcome.Outcome:
    """Four answers a round; the plain loop gives two of them only, others each round."""
    heats = {}
    for arm, rounds in SECONDS.items():
        all_said = tuple((f"{place}", 0.24) for place in range(4))
        if arm == outcome.VLLM:
            all_said = (*all_said[:3], ("another", 0.24))
        heats[arm] = [
            Heat(s, 2 * (n % 2), all_said[2 * (n % 2) :][:2]) if arm == outcome.PLAIN else Heat(s, 0, all_said)
            for n, s in enumerate(rounds)
        ]
    return outcome.Outcome(heats)


def test_every_arm_that_is_measured_is_known() -> None:
    assert [arm.name for arm in ARMS] == list(SECONDS)


def test_ratios_are_the_medians_of_rounds_and_of_rates(measured: outcome.Outcome) -> None:
    assert measured.ratios(outcome.TRANSFORMERS, outcome.PLAIN) == [16, 16, 32]
    assert measured.best(outcome.BY_HAND) == outcome.BY_HAND[1]
    found = {row.what: row for row in outcome.rows(measured)}
    assert found[f"{outcome.TRANSFORMERS} against {outcome.PLAIN}"].measured == "16.00 (16.00-32.00) times"
    assert found[f"{outcome.VLLM} against {outcome.BY_HAND[1]}"].met
    assert not found[f"{outcome.TRANSFORMERS} against {outcome.LMMS_EVAL[1]}"].goal


def test_who_says_something_else_or_adds_much_is_caught(measured: outcome.Outcome) -> None:
    assert measured.same(outcome.TRANSFORMERS) == 1
    assert measured.same(outcome.VLLM) == 0.75
    missed = [row.what for row in outcome.rows(measured) if not row.met]
    assert len(missed) == 2
    assert missed[0].startswith(f"{outcome.VLLM}: what is added")
    assert missed[1].startswith(f"{outcome.VLLM}: answers as the plain loop")


def test_a_table_and_a_plot_are_written(measured: outcome.Outcome, tmp_path: Path) -> None:
    outcome.write(measured, tmp_path)
    assert len((tmp_path / "throughput.csv").read_text("utf-8").splitlines()) == 1 + 3 * len(SECONDS)
    assert (tmp_path / "throughput.png").stat().st_size > 10_000
