"""Bootstrap intervals of a pooled ratio whose unit of sampling is the document, for one or many candidates at once.

Every candidate of a call is resampled with the same documents, so a thousand of them cost a few matrix products.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ends = tuple[Floats, Floats]

ROUNDING = 1e-12
"""Share of the terms of a sum of squares that rounding may leave of it: some thousand times a float's own."""


def bca_of(draws: Floats, point: Floats, acceleration: Floats, level: float = 0.95) -> Ends:
    """The bias-corrected and accelerated interval (Efron 1987).

    Args:
        draws: Resampled values, shape ``(candidates, resamples)``.
        point: Values on the data themselves, shape ``(candidates,)``.
        acceleration: Skewness of the documents' influences over 6, of the same shape.
        level: Coverage of the interval.

    Returns:
        Lower and upper ends, each of shape ``(candidates,)``.
    """
    from scipy.special import ndtr, ndtri  # costs a tenth of a second, so only where an interval is made

    ordered, resamples = np.sort(draws, axis=1), draws.shape[1]
    below = ((ordered < point[:, None]).mean(axis=1) + (ordered <= point[:, None]).mean(axis=1)) / 2
    bias = ndtri(np.clip(below, 0.5 / resamples, 1 - 0.5 / resamples))
    tail = (1 - level) / 2
    ends = []
    for quantile in (tail, 1 - tail):
        shifted = bias + ndtri(quantile)
        room = 1 - acceleration * shifted  # at 0 or below, the quantile lies beyond all that was drawn
        at = ndtr(np.where(room > 0, bias + shifted / np.where(room > 0, room, 1.0), np.copysign(np.inf, shifted)))
        ends.append(quantiles(ordered, at, np.full(len(draws), resamples)))
    return ends[0], ends[1]


def bca_of_one(
    draws: Floats, point: float, least: float, largest: float, acceleration: float = 0.0
) -> tuple[float, float]:
    """The same of one value, within what it can be (see ``within``).

    Args:
        draws: Resampled values, shape ``(resamples,)``.
        point: The value on the data themselves.
        least: The value of the best document.
        largest: The value of the worst one.
        acceleration: Skewness of the documents' influences over 6.
    """
    at = np.array([point])
    low, high = within(bca_of(draws[None], at, np.array([acceleration])), at, largest, least)
    return float(low[0]), float(high[0])


def within(ends: Ends, point: Floats, largest: Floats | float, least: Floats | float = 0.0) -> Ends:
    """Cuts ends to what a value can be, and keeps the point inside: the last step of every interval.

    Args:
        ends: Lower and upper ends.
        point: The value on the data themselves.
        largest: The value of the worst document: no mean of documents is above it.
        least: The same of the best one.
    """
    low, high = ends
    return np.clip(low, np.minimum(least, point), point), np.clip(high, point, np.maximum(largest, point))


def zero_errors_bound(units: int, level: float = 0.95) -> float:
    """Upper end of the exact (Clopper-Pearson) interval of a share when none of the units erred."""
    return 1.0 - float(((1.0 - level) / 2) ** (1.0 / units))


def ratios(edits: Floats, chars: Floats) -> Floats:
    """As ``cer.ratio``: edits themselves where no truth was drawn."""
    return edits / np.where(chars > 0, chars, 1.0)


def quantiles(ordered: Floats, shares: Floats, valid: NDArray[np.int64]) -> Floats:
    """The quantile of each row at the row's own share, as ``numpy.quantile`` interpolates it.

    Args:
        ordered: Rows in rising order, shape ``(candidates, resamples)``.
        shares: One a row, in [0, 1].
        valid: How many values of each row count, from its start.
    """
    place = shares * (valid - 1)
    left = np.floor(place).astype(np.int64)
    right = np.minimum(left + 1, valid - 1)
    rows = np.arange(len(ordered))
    low, high, part = ordered[rows, left], ordered[rows, right], place - left
    # numpy's own lerp: exact at both ends, so that equal values stay what they are
    return np.where(part >= 0.5, high - (high - low) * (1 - part), low + (high - low) * part)


@lru_cache(maxsize=2)
def weights(documents: int, seed: int, resamples: int) -> Floats:
    """How often each resample drew each document, shape ``(documents, resamples)``; counts are exact in a float."""
    drawn = np.random.default_rng(seed).integers(0, documents, (resamples, documents))
    cells = (drawn + documents * np.arange(resamples)[:, None]).ravel()
    return np.bincount(cells, minlength=resamples * documents).reshape(resamples, documents).T.astype(np.float64)
