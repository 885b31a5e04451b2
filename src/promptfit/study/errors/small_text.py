"""What a larger image would be worth: how much worse small text is read than larger text of the same field.

Small is what is lower than the median text height of all answers. Larger text of the same field says how many
characters would be misread if the text were larger; the misreadings beyond that, over all fields that have both, are
what a larger image would mend. As long as the interval of their share (2,000 bootstrap resamples of the documents,
percentiles) reaches down to 0, nothing is laid to the size of the text.

The height is the text's in the image itself, before a difficulty made it smaller. Misreadings are substitutions, lost
and added characters that no normaliser mends, and invented values.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from promptfit.score.bootstrap import Floats, ratios, weights
from promptfit.score.pairs import Ints
from promptfit.study.errors.attribution import Bools, Ledger

RESAMPLES = 2000


@dataclass(frozen=True, slots=True)
class SmallText:
    """How much of the misreadings of small text is due to its size."""

    threshold: float
    """Text lower than this is small, in pixels."""
    small: Bools
    """Answers with small text, in fields that have larger text too; shape ``(N,)``."""
    share: float
    """Of their misread characters, those beyond what larger text has: what a larger image would mend."""
    low: float
    high: float


def small_text(ledger: Ledger, misread: Ints, fields: Ints, heights: Floats, seed: int) -> SmallText | None:
    """Compares small with larger text; None where there is nothing to compare, or the difference may be chance.

    Args:
        ledger: The answers.
        misread: Misread characters of each answer, shape ``(N,)``.
        fields: The field of each answer, counted from 0.
        heights: The text height of each answer, in pixels.
        seed: Seed of the bootstrap.
    """
    threshold = float(np.median(heights))
    below = heights < threshold
    both = np.array([len(np.unique(below[fields == field])) == 2 for field in range(int(fields.max()) + 1)])
    small = below & both[fields]
    compared = np.flatnonzero(both)
    if not misread[small].any():
        return None
    sums = [
        np.stack([ledger.by_document(values * (part & (fields == field))) for field in compared])
        for part in (small, ~below)
        for values in (misread, ledger.chars)
    ]
    share = float(_share(sums, np.ones((ledger.documents, 1)))[0])
    draws = _share(sums, weights(ledger.documents, seed, RESAMPLES))
    low, high = (float(end) for end in np.quantile(draws, (0.025, 0.975)))
    return SmallText(threshold, small, share, low, high) if low > 0 else None


def _share(sums: list[Floats], drawn: Floats) -> Floats:
    """The share in each resample; ``sums`` are misread and all characters of small, then of larger text."""
    misread, chars, misread_larger, chars_larger = (one @ drawn for one in sums)
    expected = chars * ratios(misread_larger, chars_larger)
    return ratios((misread - expected).sum(axis=0), misread.sum(axis=0))
