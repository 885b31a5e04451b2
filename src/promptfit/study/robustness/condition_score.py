"""What the answers under one condition are worth."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from promptfit.evaluate.overall import strata
from promptfit.score.aggregate import pool
from promptfit.score.macro import Stratum, macro_interval
from promptfit.study.records.study_source import Cell
from promptfit.support.grouped_by import grouped_by
from promptfit.types import Field, Score, Scored

CLEAN = "clean"
"""The condition of the images as they are; its severity is 0."""


@dataclass(frozen=True, slots=True)
class Measured:
    """One augmentation at one severity."""

    augmentation: str
    severity: int
    overall: Cell
    """Macro: means over the fields."""
    fields: Mapping[Field, Cell]
    strata: Sequence[Stratum]
    """Edits and characters by field and document; all conditions have the same documents in the same order."""


def measured(augmentation: str, severity: int, scored: Sequence[Scored], seed: int) -> Measured:
    """Scores all answers of a condition.

    Args:
        augmentation: Its name.
        severity: 1 to 5, or 0 for ``CLEAN``.
        scored: The answers of all fields.
        seed: Seed of the intervals.
    """
    groups = grouped_by(scored, lambda one: one.sample.field)
    cells = {field: _cell(pool(own, seed)) for field, own in groups.items()}
    tables = strata(groups)
    cer, low, high, interval = macro_interval(tables, seed)
    overall = Cell(
        cer,
        known(low),
        known(high),
        interval,
        exact=sum(cell.exact for cell in cells.values()) / len(cells),
        samples=len(scored),
        documents=len({one.sample.document for one in scored}),
    )
    return Measured(augmentation, severity, overall, cells, tables)


def known(end: float) -> float | None:
    """An interval's end, None where there is none (a record holds no NaN)."""
    return None if math.isnan(end) else end


def _cell(score: Score) -> Cell:
    ends = (known(score.low), known(score.high))
    return Cell(score.cer, *ends, score.interval, score.values["exact"], score.samples, score.documents)
