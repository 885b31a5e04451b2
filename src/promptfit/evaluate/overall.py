"""The score of a whole collection, and of a record: means over fields."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from promptfit.score.aggregate import by_document, of_fields, pool
from promptfit.score.macro import Stratum, macro_interval
from promptfit.score.metrics import CER, FIDELITY, Metric, averaged, measured, values_of
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
        scored: Its answers, by field; at least one field. Records count as their fields.
        seed: Seed of the intervals.
        metric: What else than the CER has an interval.
    """
    fields = of_fields(one for own in scored.values() for one in own)
    pooled = pool([one for own in fields.values() for one in own], seed, metric=metric)
    values = averaged([values_of([one.counts for one in own]) for own in fields.values()])
    intervals: dict[str, Interval] = {}
    for one in measured(metric):
        point, low, high, kind = macro_interval(strata(fields, one), seed)
        values[one.name], intervals[one.name] = one.losses(point, 1.0), one.interval(low, high, kind)
    return Overall(pooled, Score(values, intervals, pooled.samples, pooled.documents))


def score_of(scored: Sequence[Scored], seed: int = 0, metric: Metric = CER) -> Score:
    """The score of one prompt: pooled over a field's samples; of a record, the mean over its fields.

    Args:
        scored: At least one scored sample, all of one question.
        seed: Seed of the intervals.
        metric: What else than the CER has an interval.
    """
    if not scored or not scored[0].parts:
        return pool(scored, seed, metric=metric)
    macro = overall({scored[0].sample.field: scored}, seed, metric).macro
    fidelity = FIDELITY.of([one.counts for one in scored])
    return replace(macro, values={**macro.values, FIDELITY.name: fidelity}, samples=len(scored))


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
