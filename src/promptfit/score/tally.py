"""The counts of many candidates on the same documents, as arrays."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import fsum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from promptfit.score.cer import columns
from promptfit.score.intervals import intervals
from promptfit.score.metrics import CER, METRICS, Metric, measured, ratio
from promptfit.score.normalize import Chain
from promptfit.score.pairs import Ints
from promptfit.types import Score, Scored, ValueKind

_PAIRS = 200_000
Amounts = Mapping[str, NDArray[Any]]
"""One candidate's, sample by sample, by metric."""


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts of ``K`` candidates on ``D`` documents, summed over each document's samples."""

    metric: Metric
    """What the candidates compete in."""
    values: Mapping[str, Sequence[float]]
    """Every metric, a value a candidate; without those of some truths only of which there are none."""
    tables: Mapping[str, tuple[Ints, Ints]]
    """Losses, shape ``(K, D)``, and weights, shape ``(D,)``: those of the CER, and of the metric."""
    samples: int

    @property
    def losses(self) -> Ints:
        """The metric's, shape ``(K, D)``."""
        return self.tables[self.metric.name][0]

    @property
    def weights(self) -> Ints:
        """The metric's, shape ``(D,)``."""
        return self.tables[self.metric.name][1]

    @classmethod
    def of_scored(cls, scored: Sequence[Sequence[Scored]], documents: Sequence[str], metric: Metric = CER) -> Tally:
        """Makes it of scored samples: each candidate's, all in one order.

        Args:
            scored: A list a candidate, at least one, each over the same samples in the same order.
            documents: The order of the documents.
            metric: What the candidates compete in.
        """
        place = {name: index for index, name in enumerate(documents)}
        at = np.array([place[one.sample.document] for one in scored[0]], dtype=np.int64)
        rows = ({name: np.array([one.counts.parts[name][0] for one in own]) for name in METRICS} for own in scored)
        weights = {name: np.array([one.counts.parts[name][1] for one in scored[0]]) for name in METRICS}
        return cls._of_rows(rows, weights, at, len(documents), metric)

    @classmethod
    def of_texts(
        cls,
        truths: Sequence[str],
        answers: Sequence[Sequence[str]],
        at: Sequence[int],
        chain: Chain,
        metric: Metric = CER,
        kinds: Sequence[ValueKind] = (),
        accepted: Sequence[Sequence[str]] = (),
    ) -> Tally:
        """Makes it of texts: a thousand candidates on a thousand documents are a million answers to count.

        Args:
            truths: The true answer of each sample.
            answers: Each candidate's answers to the samples.
            at: The document of each sample, counted from 0.
            chain: The normalisation of truth and answer.
            metric: What the candidates compete in.
            kinds: What each truth is, as ``cer.count`` takes it.
            accepted: Further true answers of each sample, as ``cer.count`` takes them.
        """
        place = np.asarray(at, dtype=np.int64)
        weights = {name: own for name, (_, own) in columns(truths, truths, chain, kinds).items()}
        rows = _counted(truths, answers, chain, kinds, accepted)
        return cls._of_rows(rows, weights, place, int(place.max()) + 1, metric)

    @classmethod
    def _of_rows(
        cls, rows: Iterable[Amounts], weights: Mapping[str, Ints], at: Ints, documents: int, metric: Metric
    ) -> Tally:
        totals = {name: int(own.sum()) for name, own in weights.items()}
        values: dict[str, list[float]] = {name: [] for name in weights if totals[name] or not METRICS[name].some}
        losses: dict[str, list[Ints]] = {one.name: [] for one in measured(metric)}
        for row in rows:
            for name, own_values in values.items():
                own_values.append(ratio(fsum(row[name].tolist()), totals[name]))
            for one in measured(metric):
                own = one.losses(row[one.name], weights[one.name])
                losses[one.name].append(_summed(own, at, documents))
        tables = {name: (np.stack(own), _summed(weights[name], at, documents)) for name, own in losses.items()}
        return cls(metric, values, tables, len(at))

    def scores(self, seed: int = 0, resamples: int = 2000) -> list[Score]:
        """Each candidate's score, as ``aggregate.pool`` gives it, all at once."""
        made = {}
        for one in measured(self.metric):
            losses, weights = (table.astype(np.float64) for table in self.tables[one.name])
            low, high, kinds = intervals(losses, weights, seed, resamples)
            made[one.name] = list(map(one.interval, low.tolist(), high.tolist(), kinds))
        return [
            Score(
                values={name: own[row] for name, own in self.values.items()},
                intervals={name: own[row] for name, own in made.items()},
                samples=self.samples,
                documents=len(self.weights),
            )
            for row in range(len(self.losses))
        ]


def _counted(
    truths: Sequence[str],
    answers: Sequence[Sequence[str]],
    chain: Chain,
    kinds: Sequence[ValueKind],
    accepted: Sequence[Sequence[str]],
) -> Iterator[Amounts]:
    """Counts a few candidates at a time, so that memory does not grow with them."""
    size, step = len(truths), max(1, _PAIRS // len(truths))
    for start in range(0, len(answers), step):
        some = answers[start : start + step]
        said = [text for own in some for text in own]
        given = list(truths) * len(some), said, chain, list(kinds) * len(some), list(accepted) * len(some)
        found = columns(*given)
        rows = {name: amounts.reshape(-1, size) for name, (amounts, _) in found.items()}
        yield from ({name: own[row] for name, own in rows.items()} for row in range(len(some)))


def _summed(values: Ints, at: Ints, documents: int) -> Ints:
    """Sums over each document's samples; exact, since a float holds whole numbers up to 2 ** 53."""
    return np.bincount(at, weights=values, minlength=documents).astype(np.int64)
