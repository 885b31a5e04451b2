from __future__ import annotations

import math
import random
from collections.abc import Callable

import pytest
from scipy import stats

from promptfit.score.aggregate import pool
from promptfit.types import Counts, Scored


@pytest.fixture
def random_scored(
    scored_from: Callable[..., list[Scored]], counts_of: Callable[[int, int], Counts]
) -> Callable[[int, int], list[Scored]]:
    """One to three samples a document, four in ten with errors."""

    def make(documents: int, seed: int) -> list[Scored]:
        dice = random.Random(seed)
        rows = []
        for document in range(documents):
            for _ in range(dice.randint(1, 3)):
                chars = dice.randint(3, 20)
                edits = dice.randint(1, chars) if dice.random() < 0.4 else 0
                rows.append((f"d{document:03}", counts_of(edits, chars)))
        return scored_from(rows)

    return make


def test_order_of_arrival_changes_nothing(random_scored: Callable[[int, int], list[Scored]]) -> None:
    scored = random_scored(30, 7)
    shuffled = random.Random(0).sample(scored, len(scored))
    assert pool(scored) == pool(shuffled)


def test_the_seed_decides(random_scored: Callable[[int, int], list[Scored]]) -> None:
    scored = random_scored(30, 7)
    assert pool(scored, seed=1) == pool(scored, seed=1) != pool(scored, seed=2)


@pytest.mark.parametrize("documents", [2, 20, 400])
def test_no_error_at_all_gets_the_exact_bound(
    documents: int,
    scored_from: Callable[..., list[Scored]],
    counts_of: Callable[[int, int], Counts],
) -> None:
    score = pool(scored_from((str(index), counts_of(0, 8)) for index in range(documents)))
    theirs = stats.binomtest(0, documents).proportion_ci(method="exact")
    assert (score.cer, score.low, score.interval) == (0.0, 0.0, "exact")
    assert score.high == pytest.approx(theirs.high, abs=1e-12)


def test_one_document_has_no_interval(
    scored_from: Callable[..., list[Scored]], counts_of: Callable[[int, int], Counts]
) -> None:
    score = pool(scored_from([("a", counts_of(1, 8)), ("a", counts_of(3, 8))]))
    assert (score.cer, score.interval, score.samples, score.documents) == (0.25, "none", 2, 1)
    assert math.isnan(score.low) and math.isnan(score.high)


def test_equal_errors_everywhere_leave_a_point(
    scored_from: Callable[..., list[Scored]], counts_of: Callable[[int, int], Counts]
) -> None:
    score = pool(scored_from((str(index), counts_of(2, 8)) for index in range(12)))
    assert (score.low, score.cer, score.high) == (0.25, 0.25, 0.25)


def test_documents_without_any_truth_pool(
    scored_from: Callable[..., list[Scored]], counts_of: Callable[[int, int], Counts]
) -> None:
    score = pool(scored_from([("a", counts_of(3, 0)), ("b", counts_of(0, 4)), ("c", counts_of(0, 0))]))
    assert score.cer == 0.75
    assert math.isfinite(score.low) and math.isfinite(score.high)


def test_nothing_to_pool_is_refused() -> None:
    with pytest.raises(ValueError):
        pool([])
