"""Which interval a CER gets: one rule for every stage."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from promptfit.score.bootstrap import Ends, Floats, ratios, within, zero_errors_bound
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
Rows = NDArray[np.intp]


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
    """95 % intervals of ``sum(edits) / sum(chars)`` over documents, by the rule of ``kind_of`` and ``ruled``.

    Args:
        edits: Edits, shape ``(candidates, documents)``.
        chars: Characters of the truth, shape ``(documents,)``.
        seed: Seed of the resampling.
        resamples: How many times the documents are drawn anew.

    Returns:
        Lower and upper ends (NaN for ``none``), and how each was made.
    """
    kinds = [kind_of(erring, edits.shape[1]) for erring in (edits > 0).sum(axis=1).tolist()]
    point, largest = ratios(edits.sum(axis=1), chars.sum()), ratios(edits, chars).max(axis=1)
    residuals = ratios(edits - point[:, None] * chars, chars.sum())

    def bootstrap(rows: Rows) -> Ends:
        step = max(1, _CELLS // resamples)
        parts = [rows[start : start + step] for start in range(0, len(rows), step)]
        low, high = zip(*(studentized(edits[some], chars, seed, resamples) for some in parts), strict=True)
        return np.concatenate(low), np.concatenate(high)

    return ruled(kinds, point, largest, ratios(edits, chars.sum()), residuals, bootstrap)


def ruled(
    kinds: Sequence[str],
    point: Floats,
    largest: Floats,
    parts: Floats,
    residuals: Floats,
    bootstrap: Callable[[Rows], Ends],
) -> tuple[Floats, Floats, list[str]]:
    """Intervals of the kinds that ``kind_of`` names.

    Where that is the studentised one, but fewer than ``ENOUGH_CARRYING`` documents carry the spread of the errors, the
    gamma interval takes its place: most resamples then have the same error, or none. All hold the point, and lie within
    0 and the value of the worst document.

    Args:
        kinds: One a candidate.
        point: The values on the data themselves, shape ``(candidates,)``.
        largest: Those of the worst document.
        parts: What documents add to the value, shape ``(candidates, documents)``.
        residuals: What of that is above or below their expected part.
        bootstrap: The studentised interval of some candidates.

    Returns:
        Lower and upper ends (NaN for ``none``), and how each was made.
    """
    made = np.array(kinds)
    low, high = np.full(len(made), np.nan), np.full(len(made), np.nan)
    low[made == "exact"], high[made == "exact"] = 0.0, zero_errors_bound(parts.shape[1])
    rare, alike = made == "gamma", (made == "studentized") & (carriers(residuals, point) < ENOUGH_CARRYING)
    made[alike] = "gamma"
    for some, own in ((rare, parts), (alike, residuals)):
        low[some], high[some] = within(gamma_interval(point[some], own[some]), point[some], largest[some])
    if len(many := np.flatnonzero(made == "studentized")):
        low[many], high[many] = within(bootstrap(many), point[many], largest[many])
    return low, high, made.tolist()
