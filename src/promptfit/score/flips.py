"""The sign-flip test of whole numbers, exactly: all ``2 ** n`` sign patterns, without drawing any."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from promptfit.score.paired import sign_flip
from promptfit.score.pairs import Ints

FLIPS = 100_000
"""Sign patterns that are drawn where counting all of them would take seconds."""
_WORK = 300_000_000
_HALVINGS = 512


def exact_sign_flip(differences: Iterable[int], seed: int = 0) -> float:
    """Two-sided sign-flip test as ``paired.sign_flip``, over all sign patterns.

    Under the null hypothesis each of the ``n`` non-zero differences has either sign. Their sum is ``A - 2 T``, with
    ``A`` the sum of absolute differences and ``T`` that of those drawn negative; the patterns by ``T`` are counted by
    adding one difference after the other (Pagano and Tritchler 1983, JASA 78, 435-440). So p values far below one in
    the number of flips are right, too, which a race needs that spends its error rate over looks and candidates.

    Args:
        differences: One a document: edits of one prompt minus edits of the other.
        seed: Seed of the ``FLIPS`` patterns that are drawn instead where the differences are huge.

    Returns:
        The p value; 1.0 where no document differs.
    """
    values = np.asarray(list(differences) if not isinstance(differences, np.ndarray) else differences, dtype=np.int64)
    sizes = np.sort(np.abs(values[values != 0]))
    if not len(sizes) or not values.sum():
        return 1.0
    step = int(np.gcd.reduce(sizes))
    sizes = sizes // step
    reach = int(sizes.sum() - abs(values.sum()) // step) // 2  # the tail is T <= reach, or as far on the other side
    if reach * len(sizes) > _WORK:
        return sign_flip(values.tolist(), FLIPS, seed)
    return min(1.0, 2 * _share_up_to(reach, sizes))


def _share_up_to(reach: int, sizes: Ints) -> float:
    """Share of the subsets of the sizes whose sum is at most the reach."""
    counts = np.zeros(reach + 1)
    counts[0] = 1.0
    top, halved = 0, 0
    for number, size in enumerate(sizes.tolist(), start=1):
        top = min(top + size, reach)
        if size <= reach:
            counts[size : top + 1] += counts[: top + 1 - size].copy()
        if number % _HALVINGS == 0:  # so that counts stay below a float's limit; exact, being a power of two
            counts *= 0.5**_HALVINGS
            halved += _HALVINGS
    return float(np.ldexp(counts.sum(), halved - len(sizes)))
