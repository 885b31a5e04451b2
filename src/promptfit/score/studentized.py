"""The studentised bootstrap on the square root, for ratios whose errors are rare and now and then very large.

A resample's deviation is divided by the resample's own standard error, which carries over how unsure that is (DiCiccio
and Efron 1996, Bootstrap Confidence Intervals, section 4, "bootstrap-t"); the square root steadies the variance of sums
of counts (Bartlett 1936), and keeps the ends from falling below 0. It needs documents enough that err: under
``intervals.ENOUGH_ERRING`` of them, the gamma interval is shorter and holds the truth more often.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from promptfit.score.bootstrap import ROUNDING, Ends, Floats, quantiles, ratios, weights


def studentized(edits: Floats, chars: Floats, seed: int = 0, resamples: int = 2000, level: float = 0.95) -> Ends:
    """Bootstrap-t interval of ``sum(edits) / sum(chars)`` on the square root.

    Args:
        edits: Edits, shape ``(candidates, documents)``; at least one a candidate.
        chars: Characters of the truth, shape ``(documents,)``.
        seed: Seed of the resampling.
        resamples: How many times the documents are drawn anew.
        level: Coverage of the interval.

    Returns:
        Lower and upper ends, each of shape ``(candidates,)``.
    """
    drawn = weights(len(chars), seed, resamples)
    sums, total = edits @ drawn, chars @ drawn
    draws = ratios(sums, total)
    products = (edits**2) @ drawn, (edits * chars) @ drawn, (chars**2) @ drawn
    errors = _standard_error(draws, products, total, len(chars))
    point = ratios(edits.sum(axis=1), chars.sum())
    own = (edits**2).sum(axis=1), edits @ chars, (chars**2).sum()
    error = _standard_error(point, own, chars.sum(), len(chars))
    return bootstrap_t(draws, errors, point, error, level)


def bootstrap_t(draws: Floats, errors: Floats, point: Floats, error: Floats, level: float = 0.95) -> Ends:
    """The interval out of resampled values and their standard errors.

    Args:
        draws: Resampled values, shape ``(candidates, resamples)``.
        errors: Their standard errors; a resample whose error is 0 (all its documents are alike) is left out.
        point: Values on the data themselves, above 0, shape ``(candidates,)``.
        error: Their standard errors; where there is none, both ends are the point.
        level: Coverage of the interval.
    """
    root, usable = np.sqrt(point), errors > 0
    scale = np.divide(2 * np.sqrt(draws), errors, out=np.full_like(draws, np.inf), where=usable)
    with np.errstate(invalid="ignore"):
        deviations = np.where(usable, (np.sqrt(draws) - root[:, None]) * scale, np.inf)
    valid: NDArray[np.int64] = usable.sum(axis=1)
    steady = (error == 0) | (valid < 2)
    deviations[steady] = 0.0
    deviations.sort(axis=1)
    step = np.where(steady, 0.0, error / (2 * root))
    tail = (1 - level) / 2
    ends = []
    for share in (1 - tail, tail):
        deviation = quantiles(deviations, np.full(len(draws), share), np.maximum(valid, 1))
        ends.append(np.maximum(root - deviation * step, 0.0) ** 2)
    return np.where(steady, point, ends[0]), np.where(steady, point, ends[1])


def rounded_off(squares: Floats, terms: Floats) -> Floats:
    """A sum of squares that was made of larger terms: 0 where it is no more than their rounding.

    Documents that are all alike leave no more than that, and dividing by it would make a deviation of any size.

    Args:
        squares: The sum.
        terms: The sum of the absolute values of its terms.
    """
    return np.where(squares > ROUNDING * terms, squares, 0.0)


def _standard_error(ratio: Floats, products: tuple[Floats, Floats, Floats], total: Floats, documents: int) -> Floats:
    """Of a ratio, linearised (Cochran 1977, Sampling Techniques, 6.4), from its sums of squares and products."""
    of_edits, of_both, of_chars = products
    crossed, own = 2 * ratio * of_both, ratio**2 * of_chars
    squares = rounded_off(of_edits - crossed + own, of_edits + crossed + own)
    return np.sqrt(squares * documents / (documents - 1)) / np.where(total > 0, total, 1.0)
