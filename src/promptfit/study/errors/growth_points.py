"""What it would be worth to mend each weakness, by repair: the overall CER falls by its share of the edits.

Edits are charged as `causes.py` says, each once, so that the falls of all points add up to the overall CER. Misread
characters in small text are split between a larger image and a better model, as `small_text.py` says. Intervals are
those of every CER (`score/intervals.py`), over documents; the split is taken as given.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from heapq import nsmallest

import numpy as np

from promptfit.score.bootstrap import Floats
from promptfit.score.intervals import intervals
from promptfit.study.errors.attribution import Bools, Ledger
from promptfit.study.errors.causes import CAUSES, MISREAD, WHOLE
from promptfit.study.errors.small_text import SmallText
from promptfit.study.records.errors_json import GrowthPoint
from promptfit.study.robustness.condition_score import known
from promptfit.support.enumerated import shortened

EXAMPLES, LONGEST = 3, 300
"""Examples of each point, and the characters of a text that they show."""
LARGER_IMAGE = (*MISREAD.values(), WHOLE["invented"])
"""Causes that a larger image may mend."""


@dataclass(frozen=True, slots=True)
class _Weakness:
    """A cause with the answers that have it."""

    place: int
    """Of the cause in ``CAUSES``."""
    lever: str
    edits: Floats
    """By document, shape ``(D,)``."""
    has: Bools
    """Shape ``(N,)``."""


def growth_points(ledger: Ledger, small: SmallText | None, seed: int) -> list[GrowthPoint]:
    """Ranks the weaknesses that there are, the largest fall first.

    Args:
        ledger: The answers.
        small: What is due to small text.
        seed: Seed of the intervals.
    """
    found = list(_weaknesses(ledger, small))
    if not found:
        return []
    low, high, _ = intervals(np.stack([one.edits for one in found]), ledger.by_document(ledger.chars), seed)
    chars = int(ledger.chars.sum())
    points = [
        GrowthPoint(
            CAUSES[one.place].kind,
            one.lever,
            float(one.edits.sum()) / max(1, chars),
            known(float(low[row])),
            known(float(high[row])),
            int(one.has.sum()),
            CAUSES[one.place].normaliser,
            _examples(ledger, one),
        )
        for row, one in enumerate(found)
    ]
    return sorted(points, key=lambda one: -one.fall)


def _weaknesses(ledger: Ledger, small: SmallText | None) -> Iterator[_Weakness]:
    for place, cause in enumerate(CAUSES):
        edits = ledger.charges[:, place]
        if not edits.any():
            continue
        total = ledger.by_document(edits)
        if small and cause in LARGER_IMAGE and edits[small.small].any():
            mended = small.share * ledger.by_document(edits * small.small)
            yield _Weakness(place, "larger image", mended, (edits > 0) & small.small)
            total = total - mended
        if total.any():
            yield _Weakness(place, cause.lever, total, edits > 0)


def _examples(ledger: Ledger, weakness: _Weakness) -> list[Sequence[str]]:
    """Frequent answers with little else amiss, no truth twice."""
    times = np.bincount(ledger.pair[weakness.has], minlength=len(ledger.truths))
    share = ledger.table[:, weakness.place] / np.maximum(1, ledger.table.sum(axis=1))
    ranked = nsmallest(
        10 * EXAMPLES,
        np.flatnonzero(times).tolist(),
        key=lambda at: (share[at] <= 0.5, -times[at], ledger.truths[at], ledger.answers[at]),
    )
    chosen: dict[str, str] = {}
    for at in ranked:
        chosen.setdefault(ledger.truths[at], ledger.answers[at])
    return [[shortened(text, LONGEST) for text in pair] for pair in list(chosen.items())[:EXAMPLES]]
