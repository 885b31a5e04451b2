"""Intervals over documents."""

from __future__ import annotations

import numpy as np
import pytest

from promptfit.study.grounding.shares import FEW, NOTHING, DocumentShare, difference, share


def test_a_ratio_pools_and_does_not_care_for_the_order() -> None:
    parts = [DocumentShare("a", 2, 10), DocumentShare("a", 1, 5), DocumentShare("b", 0, 5), DocumentShare("c", 4, 20)]
    found = share(parts, seed=1)
    assert found.value == pytest.approx(7 / 40) and found.count == 4
    assert share(parts[::-1], seed=1) == found
    assert found.low is not None and found.high is not None and 0 <= found.low < 7 / 40 < found.high <= 0.2


def test_nothing_one_document_and_documents_that_are_alike_have_no_interval() -> None:
    assert share([], 0) == NOTHING and difference([], [DocumentShare("a", 1)], 0) == NOTHING
    for parts in (
        [DocumentShare("a", 0.5), DocumentShare("a", 0.7)],
        [DocumentShare("a", 0.6), DocumentShare("b", 0.6)],
    ):
        found = share(parts, 0)
        assert found.value == pytest.approx(0.6) and (found.low, found.high, found.count) == (None, None, 2)


def test_a_cluster_widens_the_interval() -> None:
    rng = np.random.default_rng(0)
    values = rng.random(40)
    apart = share([DocumentShare(f"{place}", value) for place, value in enumerate(values.repeat(10))], 0)
    together = share([DocumentShare(f"{place // 10}", value) for place, value in enumerate(values.repeat(10))], 0)
    assert apart.high and apart.low and together.high and together.low
    assert together.high - together.low > 2 * (apart.high - apart.low)


def test_a_difference_is_paired_by_document() -> None:
    rng = np.random.default_rng(1)
    hard = {f"{place}": value for place, value in enumerate(rng.random(60))}
    first = [DocumentShare(name, value + 0.1 + 0.01 * rng.random()) for name, value in hard.items()]
    second = [DocumentShare(name, value) for name, value in hard.items()]
    found = difference(first, second, 0)
    assert found.value == pytest.approx(0.105, abs=0.005)
    assert found.low and found.high and found.high - found.low < 0.01, "how hard a document is drops out"


def test_a_difference_from_a_few_documents_has_no_interval() -> None:
    """Two right answers of other documents once made "looking costs 1.4 points, 0.7 to 2.1"."""
    many = [DocumentShare(f"{place}", place % 3, 10) for place in range(40)]
    for few in (many[: FEW - 1], [DocumentShare("a", 0, 5), DocumentShare("b", 0, 5)]):
        found = difference(few, many, 0)
        assert found.value is not None and found.low is found.high is None
    assert difference(many[:FEW], many, 0).low is not None
