"""The gamma interval of a weighted sum of Poisson counts, for few erring documents of very unequal sizes.

Where one document in ten errs and one of those rambles, a bootstrap draws anew what a handful of documents did, and
nothing beyond that. The gamma interval adds the largest weight that was seen once more to its upper end, so that it
holds the truth at least as often as it says where the errors are Poisson (Fay and Feuer 1997, Statistics in Medicine
16, 791-801, made for rates of rare diseases in age groups of unequal sizes). Where most documents err it is much too
long: the bootstrap is for that. `python -m benchmarks statistics` prints the coverage.
"""

from __future__ import annotations

import numpy as np

from promptfit.score.bootstrap import Ends, Floats


def gamma_interval(weights: Floats, level: float = 0.95) -> Ends:
    """Interval of the sum of weights, each a document's part of the ratio.

    Args:
        weights: Shape ``(candidates, documents)``, none negative, at least one a candidate above 0.
        level: Coverage of the interval.

    Returns:
        Lower and upper ends, each of shape ``(candidates,)``.
    """
    from scipy.special import gammaincinv  # costs a tenth of a second, so only where an interval is made

    total, square, largest = weights.sum(axis=1), (weights**2).sum(axis=1), weights.max(axis=1)
    tail = (1 - level) / 2
    ends = []
    for share, mean, variance in ((tail, total, square), (1 - tail, total + largest, square + largest**2)):
        scale = variance / mean
        ends.append(scale * gammaincinv(mean / scale, share))
    low, high = (np.asarray(end, dtype=np.float64) for end in ends)
    return low, high
