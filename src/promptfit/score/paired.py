"""Comparing two prompts on the same documents, and many comparisons at once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

_CELLS = 1 << 21
"""Signs drawn at a time, so that memory does not grow with the flips."""


def sign_flip(differences: Sequence[float], flips: int = 10_000, seed: int = 0) -> float:
    """Two-sided sign-flip (paired permutation) test that the differences are symmetric around zero.

    Where all ``2 ** n`` sign patterns of the ``n`` non-zero differences are no more than ``flips``, each is tried
    once and the p value is exact; else ``(1 + hits) / (1 + flips)`` (Phipson and Smyth 2010), which is never 0.

    Args:
        differences: One a document: edits of one prompt minus edits of the other.
        flips: Random sign patterns.
        seed: Seed of the signs.

    Returns:
        The p value; 1.0 where no document differs.
    """
    values = np.asarray(differences, dtype=np.float64)
    values = values[values != 0]
    if not len(values):
        return 1.0
    reach = abs(values.sum()) - 1e-12 * np.abs(values).sum()  # sums of the same terms may differ in the last digit
    if len(values) < 63 and 1 << len(values) <= flips:
        patterns = np.arange(1 << len(values))[:, None] >> np.arange(len(values)) & 1
        return float((np.abs((1.0 - 2.0 * patterns) @ values) >= reach).mean())
    generator = np.random.default_rng(seed)
    hits = 0
    step = max(1, _CELLS // len(values))
    for start in range(0, flips, step):
        negative = generator.integers(0, 2, (min(step, flips - start), len(values)), dtype=np.int8)
        hits += int((np.abs(values.sum() - 2.0 * (negative @ values)) >= reach).sum())
    return (1 + hits) / (1 + flips)


def holm(p_values: Sequence[float]) -> list[float]:
    """Adjusts p values for many comparisons by Holm's step-down method (Holm 1979).

    Returns:
        Adjusted p values in the order given; ``adjusted <= alpha`` rejects at a family-wise error rate of alpha.
    """
    count = len(p_values)
    order = sorted(range(count), key=lambda index: p_values[index])
    adjusted = [0.0] * count
    highest = 0.0
    for rank, index in enumerate(order):
        highest = max(highest, min(1.0, (count - rank) * p_values[index]))
        adjusted[index] = highest
    return adjusted
