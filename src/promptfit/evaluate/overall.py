"""A whole collection's score: all fields together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from promptfit.score.aggregate import by_document, pool
from promptfit.score.macro import Stratum, macro_interval
from promptfit.types import Field, Score, Scored


@dataclass(frozen=True, slots=True)
class Overall:
    """One collection over all its fields."""

    pooled: Score
    """All samples of all fields in one pot; long fields weigh more."""
    macro: float
    """The mean of the fields' CERs."""
    macro_low: float
    macro_high: float
    """Ends of the macro CER's 95 % interval; NaN where ``macro_interval`` is ``none``."""
    macro_interval: str
    exact: float
    wer: float
    anls: float
    """Means over fields, as the macro CER."""


def overall(scored: Mapping[Field, Sequence[Scored]], seed: int = 0) -> Overall:
    """Scores a collection.

    Args:
        scored: Its answers, by field; at least one field.
        seed: Seed of the intervals.
    """
    scores = [pool(own, seed, resamples=2) for own in scored.values()]  # for the figures alone, not their intervals
    macro, low, high, kind = macro_interval(strata(scored), seed)
    return Overall(
        pool([one for own in scored.values() for one in own], seed),
        macro,
        low,
        high,
        kind,
        exact=sum(one.exact for one in scores) / len(scores),
        wer=sum(one.wer for one in scores) / len(scores),
        anls=sum(one.anls for one in scores) / len(scores),
    )


def strata(scored: Mapping[Field, Sequence[Scored]]) -> list[Stratum]:
    """The fields of each document type on the type's documents."""
    types: dict[str, list[dict[str, tuple[int, int]]]] = {}
    for field, own in scored.items():
        types.setdefault(field.doc_type, []).append(by_document(own))
    made = []
    for fields in types.values():
        documents = sorted({name for sums in fields for name in sums})
        table = np.array([[sums.get(name, (0, 0)) for name in documents] for sums in fields], dtype=np.float64)
        made.append(Stratum(table[:, :, 0], table[:, :, 1]))
    return made
