"""Pools the counts of many answers into one score with its interval."""

from __future__ import annotations

from collections.abc import Sequence
from math import fsum

import numpy as np

from promptfit.score.cer import ratio
from promptfit.score.intervals import intervals
from promptfit.types import Score, Scored

__all__ = ["by_document", "pool"]


def pool(scored: Sequence[Scored], seed: int = 0, resamples: int = 2000) -> Score:
    """Pools counts over samples; the interval is over documents, since samples of one document are not independent.

    Args:
        scored: At least one scored sample, in any order: the result does not depend on it.
        seed: Seed of the bootstrap.
        resamples: Resamples of the bootstrap.

    Returns:
        The score. ``low`` and ``high`` are NaN where ``interval`` is ``none``.

    Raises:
        ValueError: Nothing to pool.
    """
    if not scored:
        raise ValueError("no scored sample to pool")
    counts = [one.counts for one in scored]
    per_document = by_document(scored)
    table = np.array(list(per_document.values()), dtype=np.float64)
    low, high, interval = intervals(table[None, :, 0], table[:, 1], seed, resamples)
    return Score(
        cer=ratio(sum(c.edits for c in counts), sum(c.chars for c in counts)),
        low=float(low[0]),
        high=float(high[0]),
        interval=interval[0],
        exact=sum(c.exact for c in counts) / len(counts),
        wer=ratio(sum(c.word_edits for c in counts), sum(c.words for c in counts)),
        anls=fsum(c.anls for c in counts) / len(counts),
        samples=len(counts),
        documents=len(per_document),
    )


def by_document(scored: Sequence[Scored]) -> dict[str, tuple[int, int]]:
    """Returns ``(edits, chars)`` summed over each document's samples, documents in sorted order."""
    sums: dict[str, tuple[int, int]] = {}
    for one in scored:
        edits, chars = sums.get(one.sample.document, (0, 0))
        sums[one.sample.document] = (edits + one.counts.edits, chars + one.counts.chars)
    return dict(sorted(sums.items()))
