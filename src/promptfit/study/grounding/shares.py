"""Shares and means with their 95 % intervals; answers of one document are one cluster."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import fsum

import numpy as np
from numpy.typing import NDArray

from promptfit.score.bootstrap import bca_of_one, weights
from promptfit.study.records.look_json import Share

Floats = NDArray[np.float64]
RESAMPLES = 2000
FEW = 5
NOTHING = Share(None, None, None, 0)


@dataclass(frozen=True, slots=True)
class DocumentShare:
    """What an answer adds to a ratio: a mean has ``size`` 1 each, a CER has edits over characters."""

    document: str
    amount: float
    size: float = 1.0


def share(parts: Sequence[DocumentShare], seed: int) -> Share:
    """``sum(amount) / sum(size)`` with its BCa bootstrap interval over documents.

    No interval where resampling can't show one: a single document, or the same in each of them.
    """
    if not sum(part.size for part in parts):
        return NOTHING
    names = sorted({part.document for part in parts})
    sums = _sums(parts, names)
    return _with_interval(_ratio(sums[0].sum(), sums[1].sum()), _draws(sums, seed), len(parts))


def difference(first: Sequence[DocumentShare], second: Sequence[DocumentShare], seed: int) -> Share:
    """The first ratio minus the second; documents that have a part in both are drawn together.

    No interval where either group is of fewer than ``FEW`` documents: their resamples are hardly ever other ones.
    """
    if not sum(part.size for part in first) or not sum(part.size for part in second):
        return NOTHING
    names = sorted({part.document for part in (*first, *second)})
    sums = [_sums(parts, names) for parts in (first, second)]
    point = _ratio(*sums[0].sum(axis=1)) - _ratio(*sums[1].sum(axis=1))
    if min((group[1] > 0).sum() for group in sums) < FEW:
        return Share(float(point), None, None, len(first) + len(second))
    return _with_interval(point, _draws(sums[0], seed) - _draws(sums[1], seed), len(first) + len(second))


def _with_interval(point: float, draws: Floats, count: int) -> Share:
    usable = draws[np.isfinite(draws)]  # a resample may lack one of the two groups
    if len(usable) < RESAMPLES // 2 or np.ptp(usable) < 1e-12:
        return Share(float(point), None, None, count)
    return Share(float(point), *bca_of_one(usable, point, usable.min(), usable.max()), count)


def _sums(parts: Sequence[DocumentShare], names: Sequence[str]) -> Floats:
    """Amounts and sizes by document, shape ``(2, documents)``; whatever the order of the parts."""
    groups: dict[str, list[DocumentShare]] = {name: [] for name in names}
    for part in parts:
        groups[part.document].append(part)
    own = [(fsum(one.amount for one in group), fsum(one.size for one in group)) for group in groups.values()]
    return np.array(own, dtype=np.float64).T


def _draws(sums: Floats, seed: int) -> Floats:
    drawn = weights(sums.shape[1], seed, RESAMPLES)
    amounts, sizes = sums @ drawn
    shares: Floats = np.divide(amounts, sizes, out=np.full(RESAMPLES, np.nan), where=sizes > 0)
    return shares


def _ratio(amount: float, size: float) -> float:
    return float(amount / size)
