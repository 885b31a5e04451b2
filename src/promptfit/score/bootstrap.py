"""Bootstrap intervals of a pooled ratio whose unit of sampling is the document, for one or many candidates at once.

Every candidate of a call is resampled with the same documents, so a thousand of them cost a few matrix products.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ends = tuple[Floats, Floats]


def bca(edits: Floats, chars: Floats, seed: int = 0, resamples: int = 2000, level: float = 0.95) -> Ends:
    """Bias-corrected and accelerated bootstrap interval (Efron 1987) of ``sum(edits) / sum(chars)``.

    Args:
        edits: Edits, shape ``(candidates, documents)``.
        chars: Characters of the truth, shape ``(documents,)``.
        seed: Seed of the resampling.
        resamples: How many times the documents are drawn anew.
        level: Coverage of the interval.

    Returns:
        Lower and upper ends, each of shape ``(candidates,)``; equal to scipy's ``bootstrap`` with the same generator.
    """
    drawn = weights(len(chars), seed, resamples)
    draws = ratios(edits @ drawn, chars @ drawn)
    return bca_of(draws, ratios(edits.sum(axis=1), chars.sum()), _acceleration(edits, chars), level)


def bca_of(draws: Floats, point: Floats, acceleration: Floats, level: float = 0.95) -> Ends:
    """The BCa interval out of resampled values, shape ``(candidates, resamples)``, and those on the data themselves."""
    from scipy.special import ndtr, ndtri  # costs a tenth of a second, so only where an interval is made

    ordered, resamples = np.sort(draws, axis=1), draws.shape[1]
    below = ((ordered < point[:, None]).mean(axis=1) + (ordered <= point[:, None]).mean(axis=1)) / 2
    bias = ndtri(np.clip(below, 0.5 / resamples, 1 - 0.5 / resamples))
    tail = (1 - level) / 2
    ends = []
    for quantile in (tail, 1 - tail):
        shifted = bias + ndtri(quantile)
        at = ndtr(bias + shifted / (1 - acceleration * shifted))
        ends.append(quantiles(ordered, at, np.full(len(draws), resamples)))
    return ends[0], ends[1]


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


def _acceleration(edits: Floats, chars: Floats) -> Floats:
    """Skewness of the jackknife over documents, 0 where leaving any document out changes nothing."""
    left_out = ratios(edits.sum(axis=1, keepdims=True) - edits, chars.sum() - chars)
    gap = left_out.mean(axis=1, keepdims=True) - left_out
    spread = 6 * (gap**2).sum(axis=1) ** 1.5
    return np.divide((gap**3).sum(axis=1), spread, out=np.zeros(len(edits)), where=spread > 0)
