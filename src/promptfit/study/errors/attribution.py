"""The edits of many answers by cause, as arrays."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from promptfit.score.bootstrap import Floats
from promptfit.score.intervals import intervals
from promptfit.score.metrics import ratio
from promptfit.score.pairs import Ints
from promptfit.study.errors.causes import CAUSES, KINDS, PLACES
from promptfit.study.errors.first_cause import Charged, charge
from promptfit.study.records.study_source import Cell
from promptfit.study.robustness.condition_score import known

Bools = NDArray[np.bool_]
Asked = tuple[str, str, tuple[str, ...]]
_OF_KIND = [[place for cause, place in PLACES.items() if cause.kind == kind] for kind in KINDS]


@dataclass(frozen=True, slots=True)
class Ledger:
    """``N`` answers, ``U`` different ones, ``C`` causes in the order of ``CAUSES``, ``D`` documents."""

    truths: Sequence[str]
    """Of the different pairs, normalised; shape ``(U,)``, as are the next two."""
    answers: Sequence[str]
    charged: Sequence[Charged]
    table: Ints
    """Edits of each pair by cause, shape ``(U, C)``."""
    pair: Ints
    """Which of them each answer is, shape ``(N,)``."""
    charges: Ints
    """Edits of each answer by cause, shape ``(N, C)``: ``table[pair]``."""
    chars: Ints
    """Characters of each truth, shape ``(N,)``."""
    document: Ints
    """The document of each answer, counted from 0 in sorted order, shape ``(N,)``."""
    documents: int

    @property
    def edits(self) -> Ints:
        """Of each answer, shape ``(N,)``."""
        edits: Ints = self.charges.sum(axis=1)
        return edits

    def by_document(self, values: Floats | Ints) -> Floats:
        """Sums over each document's answers: shape ``(N,)`` becomes ``(D,)``."""
        return _summed(self.document, values, self.documents)

    def kinds(self, some: Bools | slice = slice(None)) -> dict[str, int]:
        """Edits by the kind of error, of some answers or of all."""
        sums = self.charges[some].sum(axis=0)
        return {kind: int(sums[places].sum()) for kind, places in zip(KINDS, _OF_KIND, strict=True)}

    def cell(self, seed: int, some: Bools | slice = slice(None)) -> Cell:
        """The pooled CER of some answers or of all, with its interval over documents."""
        edits, chars = self.charges[some].sum(axis=1), self.chars[some]
        documents, at = np.unique(self.document[some], return_inverse=True)
        sums = [_summed(at, values, len(documents)) for values in (edits, chars)]
        low, high, kinds = intervals(sums[0][None], sums[1], seed)
        return Cell(
            ratio(int(edits.sum()), int(chars.sum())),
            known(float(low[0])),
            known(float(high[0])),
            kinds[0],
            exact=float((edits == 0).mean()),
            samples=len(edits),
            documents=len(documents),
        )


def ledger_of(asked: Iterable[Asked], chars: Sequence[int], documents: Sequence[str]) -> Ledger:
    """Charges answers; each different one once.

    Args:
        asked: Truth, answer, both normalised, and the true answers of the document's other fields: ``N``.
        chars: Characters of each truth.
        documents: The document of each answer.
    """
    places: dict[Asked, int] = {}
    pair = np.fromiter((places.setdefault(one, len(places)) for one in asked), np.int64, len(chars))
    charged = [charge(*one) for one in places]
    table = np.zeros((len(charged), len(CAUSES)), np.int64)
    for row, one in enumerate(charged):
        for cause, edits in one.charges.items():
            table[row, PLACES[cause]] = edits
    order = {name: at for at, name in enumerate(sorted(set(documents)))}
    return Ledger(
        [truth for truth, _, _ in places],
        [answer for _, answer, _ in places],
        charged,
        table,
        pair,
        table[pair],
        np.asarray(chars, np.int64),
        np.fromiter((order[name] for name in documents), np.int64, len(documents)),
        len(order),
    )


def _summed(at: Ints, values: Floats | Ints, size: int) -> Floats:
    return np.bincount(at, weights=values, minlength=size).astype(np.float64)
