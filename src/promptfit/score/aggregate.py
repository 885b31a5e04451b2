"""Pools the counts of many answers into one score with its intervals."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from promptfit.score.intervals import intervals
from promptfit.score.metrics import CER, Metric, measured, values_of
from promptfit.support.grouped_by import grouped_by
from promptfit.types import Field, Interval, Score, Scored


def pool(scored: Sequence[Scored], seed: int = 0, resamples: int = 2000, metric: Metric = CER) -> Score:
    """Pools counts over samples; intervals are over documents, since samples of one document are not independent.

    Args:
        scored: At least one scored sample, in any order: the result does not depend on it.
        seed: Seed of the bootstrap.
        resamples: Resamples of the bootstrap.
        metric: What else than the CER has an interval.

    Returns:
        The score. An interval's ends are NaN where its kind is ``none``.

    Raises:
        ValueError: Nothing to pool.
    """
    if not scored:
        raise ValueError("no scored sample to pool")
    counts = [one.counts for one in scored]
    return Score(
        values=values_of(counts),
        intervals={one.name: _interval(one, scored, seed, resamples) for one in measured(metric)},
        samples=len(counts),
        documents=len({one.sample.document for one in scored}),
    )


def by_document(scored: Sequence[Scored], metric: Metric = CER) -> dict[str, tuple[int, int]]:
    """Returns the loss and the weight (edits and characters) of each document's samples, documents in sorted order."""
    sums: dict[str, tuple[int, int]] = {}
    for one in scored:
        loss, weight = sums.get(one.sample.document, (0, 0))
        own, size = metric.units(one.counts)
        sums[one.sample.document] = (loss + own, weight + size)
    return dict(sorted(sums.items()))


def of_fields(scored: Iterable[Scored]) -> dict[Field, list[Scored]]:
    """Answers by field, those to records field by field."""
    return grouped_by((part for one in scored for part in one.fields), lambda one: one.sample.field)


def _interval(metric: Metric, scored: Sequence[Scored], seed: int, resamples: int) -> Interval:
    table = np.array(list(by_document(scored, metric).values()), dtype=np.float64)
    low, high, kind = intervals(table[None, :, 0], table[:, 1], seed, resamples)
    return metric.interval(float(low[0]), float(high[0]), kind[0])
