"""Which interval a CER gets: one rule for every stage."""

from __future__ import annotations

import numpy as np

from promptfit.score.bootstrap import Ends, Floats, bca, zero_errors_bound
from promptfit.score.studentized import studentized

FEW_DOCUMENTS = 100
"""Under this many documents a bootstrap interval tends to be too short; whoever shows one says so."""
ENOUGH_ERRING = 10
"""From so many erring documents on, their spread can be estimated, and the studentised interval is the better one."""
_CELLS = 1 << 20


def intervals(edits: Floats, chars: Floats, seed: int = 0, resamples: int = 2000) -> tuple[Floats, Floats, list[str]]:
    """95 % intervals of ``sum(edits) / sum(chars)`` over documents.

    No error at all: ``exact``, Clopper and Pearson's bound on the share of erring documents. Fewer than
    ``ENOUGH_ERRING`` erring documents: ``bca``. Others: ``studentized``. One document: ``none``.

    Args:
        edits: Edits, shape ``(candidates, documents)``.
        chars: Characters of the truth, shape ``(documents,)``.
        seed: Seed of the resampling.
        resamples: How many times the documents are drawn anew.

    Returns:
        Lower and upper ends (NaN for ``none``), and how each was made.
    """
    candidates, documents = edits.shape
    low, high = np.full(candidates, np.nan), np.full(candidates, np.nan)
    if documents == 1:
        return low, high, ["none"] * candidates
    erring = (edits > 0).sum(axis=1)
    kinds = np.where(erring == 0, "exact", np.where(erring < ENOUGH_ERRING, "bca", "studentized"))
    low[erring == 0], high[erring == 0] = 0.0, zero_errors_bound(documents)
    step = max(1, _CELLS // resamples)
    for name, method in (("bca", bca), ("studentized", studentized)):
        own = np.flatnonzero(kinds == name)
        for start in range(0, len(own), step):
            rows = own[start : start + step]
            ends: Ends = method(edits[rows], chars, seed, resamples)
            low[rows], high[rows] = ends
    return low, high, kinds.tolist()
