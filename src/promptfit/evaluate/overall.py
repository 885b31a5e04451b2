"""A whole collection's score: all fields together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from promptfit.score.aggregate import by_document, pool
from promptfit.score.macro import Stratum, macro_interval
from promptfit.score.metrics import CER, Metric, averaged, measured, values_of
from promptfit.types import Field, Interval, Score, Scored


@dataclass(frozen=True, slots=True)
class Overall:
    """One collection over all its fields."""

    pooled: Score
    """All samples of all fields in one pot; long fields weigh more."""
    macro: Score
    """Means over the fields: the macro CER, and that of every other metric."""


def overall(scored: Mapping[Field, Sequence[Scored]], seed: int = 0, metric: Metric = CER) -> Overall:
    """Scores a collection.

    Args:
        scored: Its answers, by field; at least one field.
        seed: Seed of the intervals.
        metric: What else than the CER has an interval.
    """
    pooled = pool([one for own in scored.values() for one in own], seed, metric=metric)
    values = averaged([values_of([one.counts for one in own]) for own in scored.values()])
    intervals: dict[str, Interval] = {}
    for one in measured(metric):
        point, low, high, kind = macro_interval(strata(scored, one), seed)
        values[one.name], intervals[one.name] = one.losses(point, 1.0), one.interval(low, high, kind)
    return Overall(pooled, Score(values, intervals, pooled.samples, pooled.documents))


def strata(scored: Mapping[Field, Sequence[Scored]], metric: Metric = CER) -> list[Stratum]:
    """The fields of each document type on the type's documents."""
    types: dict[str, list[dict[str, tuple[int, int]]]] = {}
    for field, own in scored.items():
        types.setdefault(field.doc_type, []).append(by_document(own, metric))
    made = []
    for fields in types.values():
        documents = sorted({name for sums in fields for name in sums})
        table = np.array([[sums.get(name, (0, 0)) for name in documents] for sums in fields], dtype=np.float64)
        made.append(Stratum(table[:, :, 0], table[:, :, 1]))
    return made
