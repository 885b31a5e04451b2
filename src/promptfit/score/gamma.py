"""The gamma interval of a weighted sum of Poisson counts, for few erring documents of very unequal sizes.

Where one document in ten errs and one of those rambles, a bootstrap draws anew what a handful of documents did, and
nothing beyond that. The gamma interval adds the largest weight that was seen once more to its upper end, so that it
holds the truth at least as often as it says where the errors are Poisson (Fay and Feuer 1997, Statistics in Medicine
16, 791-801, made for rates of rare diseases in age groups of unequal sizes). Where most documents err it is much too
long, and the bootstrap is for that; unless they err so much alike that one or two carry all of the spread.
`python -m benchmarks statistics` prints the coverage.
"""

from __future__ import annotations

import numpy as np

from promptfit.score.bootstrap import ROUNDING, Ends, Floats


def gamma_interval(total: Floats, parts: Floats, level: float = 0.95) -> Ends:
    """Interval of a sum of weighted counts.

    Args:
        total: The sum, above 0, shape ``(candidates,)``.
        parts: What documents add to its variance, shape ``(candidates, documents)``: their weights in the sum where
            errors are rare, what they are above or below their expected part of it where most documents err.
        level: Coverage of the interval.

    Returns:
        Lower and upper ends, each of shape ``(candidates,)``; the sum itself where no document adds anything.
    """
    from scipy.special import gammaincinv  # costs a tenth of a second, so only where an interval is made

    square, largest = (parts**2).sum(axis=1), np.abs(parts).max(axis=1)
    tail = (1 - level) / 2
    ends = []
    for share, mean, variance in ((tail, total, square), (1 - tail, total + largest, square + largest**2)):
        scale = np.where(variance > 0, variance, 1.0) / mean
        ends.append(np.where(variance > 0, scale * gammaincinv(mean / scale, share), total))
    return ends[0], ends[1]


def carriers(residuals: Floats, total: Floats) -> Floats:
    """How many documents carry the spread of a sum: ``(sum r^2)^2 / sum r^4`` (Kish's effective number, of squares).

    Args:
        residuals: What documents are above or below their expected part, shape ``(candidates, documents)``.
        total: The sum, shape ``(candidates,)``; what is no more than its rounding is no spread.

    Returns:
        The numbers, shape ``(candidates,)``; infinite where there is no spread.
    """
    squares = np.where(np.abs(residuals) > ROUNDING * total[:, None], residuals, 0.0) ** 2
    fourth = (squares**2).sum(axis=1)
    numbers: Floats = np.divide(squares.sum(axis=1) ** 2, fourth, out=np.full(len(residuals), np.inf), where=fourth > 0)
    return numbers
