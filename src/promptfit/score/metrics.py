"""Every metric there is. A new one is one entry: tables, MLflow, leaderboard and report go through the entries."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import fsum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from promptfit.score.pairs import Pairs
from promptfit.types import Counts, Interval, PromptfitError, Score

Parts = tuple[NDArray[Any], NDArray[np.int64]]
"""What each pair adds: an amount, and the weight of its truth."""


@dataclass(frozen=True, slots=True)
class Metric:
    """A measure of answers: the sum of their amounts over the sum of their weights.

    With characters for weights that is a pooled rate, with ones it is a mean over answers.
    """

    name: str
    """In configs, files and MLflow."""
    title: str
    """As people read it."""
    parts: Callable[[Pairs], Parts]
    """Amounts and weights of many pairs at once. A weight is the truth's alone, whatever was answered."""
    higher: bool = False
    """Whether more is better; then no amount is above its weight, and what is missing of it is the loss."""
    whole: bool = True
    """Whether amounts are whole numbers, as the exact tests of a race want them: an objective is such a metric."""
    form: str = ".4f"
    """How a value is written for people."""
    some: bool = False
    """Whether only some truths count (those that are empty, say): where there are none, there is no value."""
    by_length: bool = False
    """Whether a truth weighs by its length: long fields outweigh short ones, unless a record evens them out."""

    def losses(self, amounts: Any, weights: Any) -> Any:
        """What is to be mended, of one answer or of arrays: the less, the better, whatever the direction."""
        return weights - amounts if self.higher else amounts

    def best(self, parts: Parts, others: Parts, at: NDArray[np.int64]) -> Parts:
        """What pairs add that have several true answers each: the least loss, and the weight of the first.

        Args:
            parts: Of the first true answers.
            others: Of the further ones.
            at: Which of the first ones each of these belongs to.
        """
        (amounts, weights), (found, own) = parts, others
        found = found + (weights[at] - own) if self.higher else found  # with the same loss
        made = amounts.copy()
        (np.maximum if self.higher else np.minimum).at(made, at, found)
        return made, weights

    def units(self, counts: Counts) -> tuple[int, int]:
        """An answer's loss and weight, in whole numbers."""
        amount, weight = counts.parts[self.name]
        return self.losses(int(amount), weight), weight

    def of(self, counts: Iterable[Counts]) -> float:
        """The value over many answers."""
        parts = [one.parts[self.name] for one in counts]
        return ratio(fsum(amount for amount, _ in parts), sum(weight for _, weight in parts))

    def weighs(self, counts: Iterable[Counts]) -> bool:
        """Whether any truth counts."""
        return any(one.parts[self.name][1] for one in counts)

    def loss(self, score: Score) -> float:
        """What is left to mend."""
        return float(self.losses(score.values[self.name], 1.0))

    def rank(self, score: Score) -> tuple[float, float]:
        """Sorts scores, the best first: what is left to mend, and of equals the CER."""
        return self.loss(score), score.cer

    def interval(self, low: float, high: float, kind: str) -> Interval:
        """The value's interval out of its loss's."""
        return Interval(1.0 - high, 1.0 - low, kind) if self.higher else Interval(low, high, kind)

    def told(self, values: Mapping[str, float]) -> str:
        """Its value for people; a dash where there is none."""
        return f"{values[self.name]:{self.form}}" if self.name in values else "-"


def ratio(amount: float, weight: int) -> float:
    """Returns ``amount / weight``, or the amount itself where there is no truth at all, as jiwer does."""
    return amount / weight if weight else float(amount)


CER = Metric("cer", "CER", lambda pairs: (pairs.edits, pairs.chars), by_length=True)
"""What the project measures by, whatever a search is for; it heads every table."""
FIDELITY = Metric("fidelity", "fidelity", lambda p: (0 * p.ones, 0 * p.ones), higher=True, form=".1%", some=True)
"""Of records: whether an answer is JSON with all keys and no others (``score.record_counts`` counts it)."""
METRICS: dict[str, Metric] = {
    one.name: one
    for one in (
        CER,
        Metric("exact", "exact", lambda p: ((p.edits == 0).astype(np.int64), p.ones), higher=True, form=".1%"),
        Metric("value", "value", lambda p: (p.same.astype(np.int64), p.ones), higher=True, form=".1%"),
        Metric("wer", "WER", lambda pairs: (pairs.word_edits, pairs.words), by_length=True),
        Metric(  # arXiv 1905.13648
            "anls", "ANLS", lambda p: (np.where(p.distance < 0.5, 1.0 - p.distance, 0.0), p.ones), True, whole=False
        ),
        Metric(
            "missed", "missed", lambda p: ((p.there & ~p.said).astype(np.int64), p.there.astype(np.int64)), some=True
        ),
        Metric(
            "false_extraction",
            "false extraction",
            lambda p: ((~p.there & p.said).astype(np.int64), (~p.there).astype(np.int64)),
            some=True,
        ),
        FIDELITY,
    )
}


def values_of(counts: Sequence[Counts]) -> dict[str, float]:
    """Every metric over many answers; of those of some truths only (see ``Metric.some``) where there are any."""
    return {name: one.of(counts) for name, one in METRICS.items() if not one.some or one.weighs(counts)}


def means(scores: Sequence[Score]) -> dict[str, float]:
    """Every metric's mean over the fields that have it; empty for no scores."""
    return averaged([one.values for one in scores])


def averaged(fields: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """The same of values by metric, as they are."""
    own = {name: [one[name] for one in fields if name in one] for name in METRICS}
    return {name: sum(values) / len(values) for name, values in own.items() if values}


def beside(metric: Metric = CER, values: Iterable[Mapping[str, float]] | None = None) -> list[Metric]:
    """The others, as they stand beside it in tables: those first of which more is better.

    Args:
        metric: Heads the table.
        values: Of its rows: a metric of some truths only that none of them has is left out.
    """
    rows = None if values is None else list(values)
    others = [one for one in METRICS.values() if one is not metric and _is_in(one, rows)]
    return sorted(others, key=lambda one: not one.higher)


def _is_in(metric: Metric, rows: Sequence[Mapping[str, float]] | None) -> bool:
    return rows is None or not metric.some or any(metric.name in one for one in rows)


def objective(name: str) -> Metric:
    """The metric of this name, to search or to select on.

    Raises:
        PromptfitError: There is none, it has no whole-number loss, or only some truths count.
    """
    found = METRICS.get(name)
    if found is None or not found.whole or found.some:
        why = "it does not count in whole numbers, as races do" if found else "no such metric"
        why = "it counts only some truths" if found and found.some else why
        known = ", ".join(one.name for one in METRICS.values() if one.whole and not one.some)
        raise PromptfitError(f"objective={name}: {why}; there are: {known}")
    return found


def measured(metric: Metric) -> list[Metric]:
    """The metrics that a score has intervals of: the CER, and the objective if that is another one."""
    return [CER] if metric is CER else [CER, metric]
