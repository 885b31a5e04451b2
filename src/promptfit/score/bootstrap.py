"""Intervals of a pooled ratio whose unit of sampling is the document, for one or many candidates at once.

Every candidate of a call is resampled with the same documents, so a thousand of them cost one matrix product.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def bca(
    edits: Floats, chars: Floats, seed: int = 0, resamples: int = 2000, level: float = 0.95
) -> tuple[Floats, Floats]:
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
    from scipy.special import ndtr, ndtri  # costs a tenth of a second, so only where an interval is made

    weights = _weights(len(chars), seed, resamples)
    draws = _ratio(edits @ weights, chars @ weights)
    point = _ratio(edits.sum(axis=1), chars.sum())[:, None]
    below = ((draws < point).mean(axis=1) + (draws <= point).mean(axis=1)) / 2
    bias = ndtri(np.clip(below, 0.5 / resamples, 1 - 0.5 / resamples))
    acceleration = _acceleration(edits, chars)
    tail = (1 - level) / 2
    ends = []
    for quantile in (tail, 1 - tail):
        shifted = bias + ndtri(quantile)
        at = ndtr(bias + shifted / (1 - acceleration * shifted))
        ends.append(np.array([np.quantile(row, share) for row, share in zip(draws, at, strict=True)]))
    return ends[0], ends[1]


def zero_errors_bound(units: int, level: float = 0.95) -> float:
    """Upper end of the exact (Clopper-Pearson) interval of a share when none of the units erred."""
    return 1.0 - float(((1.0 - level) / 2) ** (1.0 / units))


def _ratio(edits: Floats, chars: Floats) -> Floats:
    """As ``cer.ratio``: edits themselves where no truth was drawn."""
    return edits / np.where(chars > 0, chars, 1.0)


def _acceleration(edits: Floats, chars: Floats) -> Floats:
    """Skewness of the jackknife over documents, 0 where leaving any document out changes nothing."""
    left_out = _ratio(edits.sum(axis=1, keepdims=True) - edits, chars.sum() - chars)
    gap = left_out.mean(axis=1, keepdims=True) - left_out
    spread = 6 * (gap**2).sum(axis=1) ** 1.5
    return np.divide((gap**3).sum(axis=1), spread, out=np.zeros(len(edits)), where=spread > 0)


@lru_cache(maxsize=2)
def _weights(documents: int, seed: int, resamples: int) -> Floats:
    """How often each resample drew each document, shape ``(documents, resamples)``; counts are exact in a float."""
    drawn = np.random.default_rng(seed).integers(0, documents, (resamples, documents))
    cells = (drawn + documents * np.arange(resamples)[:, None]).ravel()
    return np.bincount(cells, minlength=resamples * documents).reshape(resamples, documents).T.astype(np.float64)
