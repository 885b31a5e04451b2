"""Which interval a CER gets: one rule for every stage."""

from __future__ import annotations

import numpy as np

from promptfit.score.bootstrap import Floats, ratios, within, zero_errors_bound
from promptfit.score.gamma import carriers, gamma_interval
from promptfit.score.studentized import studentized

FEW_DOCUMENTS = 100
"""Under this many documents an interval tends to be too short where answers ramble; whoever shows one says so."""
CAUTION = (
    f"Intervals from fewer than {FEW_DOCUMENTS} documents can be too narrow where now and then an answer rambles: at "
    "60, one in ten of them wrong and one error in five rambling, 82 % of them hold the true CER."
)
"""What to say under such intervals; the figure is one of `python -m benchmarks statistics`."""
ENOUGH_ERRING = 30
"""From so many erring documents on, their spread can be estimated however unequal they are."""
ENOUGH_CARRYING = 5
"""Documents that have to carry the spread of the errors, where most err much alike."""
_CELLS = 1 << 20


def kind_of(erring: int, documents: int) -> str:
    """Which interval the documents get: the one rule, for CERs and for means of them.

    Args:
        erring: Documents with an error.
        documents: All of them.

    Returns:
        ``none`` for one document; ``exact`` where nothing erred: Clopper and Pearson's bound on the share of erring
        documents; ``gamma`` where few err, less than half and fewer than ``ENOUGH_ERRING``; else ``studentized``.
    """
    if documents == 1:
        return "none"
    if not erring:
        return "exact"
    return "gamma" if erring < ENOUGH_ERRING and 2 * erring < documents else "studentized"


def intervals(edits: Floats, chars: Floats, seed: int = 0, resamples: int = 2000) -> tuple[Floats, Floats, list[str]]:
    """95 % intervals of ``sum(edits) / sum(chars)`` over documents, by the rule of ``kind_of``.

    Where that is the studentised one, but fewer than ``ENOUGH_CARRYING`` documents carry the spread of the errors, the
    gamma interval takes its place: most resamples then have the same error, or none. All hold the point, and lie within
    0 and the ratio of the worst document.

    Args:
        edits: Edits, shape ``(candidates, documents)``.
        chars: Characters of the truth, shape ``(documents,)``.
        seed: Seed of the resampling.
        resamples: How many times the documents are drawn anew.

    Returns:
        Lower and upper ends (NaN for ``none``), and how each was made.
    """
    candidates, documents = edits.shape
    kinds = np.array([kind_of(erring, documents) for erring in (edits > 0).sum(axis=1).tolist()])
    low, high = np.full(candidates, np.nan), np.full(candidates, np.nan)
    low[kinds == "exact"], high[kinds == "exact"] = 0.0, zero_errors_bound(documents)
    point, largest = ratios(edits.sum(axis=1), chars.sum()), ratios(edits, chars).max(axis=1)
    residuals = ratios(edits - point[:, None] * chars, chars.sum())
    rare, alike = kinds == "gamma", (kinds == "studentized") & (carriers(residuals, point) < ENOUGH_CARRYING)
    kinds[alike] = "gamma"
    for some, parts in ((rare, ratios(edits, chars.sum())), (alike, residuals)):
        low[some], high[some] = within(gamma_interval(point[some], parts[some]), point[some], largest[some])
    many, step = np.flatnonzero(kinds == "studentized"), max(1, _CELLS // resamples)
    for start in range(0, len(many), step):
        rows = many[start : start + step]
        low[rows], high[rows] = within(studentized(edits[rows], chars, seed, resamples), point[rows], largest[rows])
    return low, high, kinds.tolist()
