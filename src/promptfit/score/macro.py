"""The interval of a mean of CERs over fields, whose fields share documents."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from promptfit.score.bootstrap import Ends, Floats, bca_of_one, ratios, weights
from promptfit.score.intervals import Rows, kind_of, ruled
from promptfit.score.studentized import bootstrap_t, rounded_off


@dataclass(frozen=True, slots=True)
class Stratum:
    """The documents of one type and the fields asked of them; a field that a document lacks has zeros there."""

    edits: Floats
    """Shape ``(fields, documents)``."""
    chars: Floats
    """Shape ``(fields, documents)``."""


def macro_interval(strata: Sequence[Stratum], seed: int = 0, resamples: int = 2000) -> tuple[float, float, float, str]:
    """The mean of the fields' CERs with its 95 % interval.

    Documents are drawn anew within their type, all fields of a document together. The standard error is that of the
    linearised mean: a document's influence is the mean of its residuals ``(edits - cer * chars) / chars of the field``.

    Args:
        strata: The document types.
        seed: Seed of the resampling.
        resamples: How many times the documents are drawn anew.

    Returns:
        The mean, both ends, and how the interval was made, as ``intervals`` says it.
    """
    fields = sum(len(one.edits) for one in strata)
    documents = sum(one.edits.shape[1] for one in strata)
    point, largest = np.array([_mean(strata, fields)]), np.array([_extreme(strata, fields, np.max)])
    erring = sum(int(one.edits.any(axis=0).sum()) for one in strata)
    kind = "none" if max(one.edits.shape[1] for one in strata) == 1 else kind_of(erring, documents)
    residuals = _parts([Stratum(one.edits - _ratios(one) * one.chars, one.chars) for one in strata], fields)

    def bootstrap(_: Rows) -> Ends:
        drawn = [_drawn(one, place, seed, resamples) for place, one in enumerate(strata)]
        draws = _sum(total for total, _, _ in drawn)[None] / fields
        errors = np.sqrt(_sum(square for _, square, _ in drawn))[None] / fields
        error = np.sqrt(_sum(square for _, square, _ in _as_they_are(strata))) / fields
        return bootstrap_t(draws, errors, point, error)

    low, high, kinds = ruled([kind], point, largest, _parts(strata, fields), residuals, bootstrap)
    return float(point[0]), float(low[0]), float(high[0]), kinds[0]


def macro_change(
    before: Sequence[Stratum], after: Sequence[Stratum], seed: int = 0, resamples: int = 2000
) -> tuple[float, float, float]:
    """How much larger the mean of the fields' CERs became, with its paired 95 % BCa interval.

    A document is drawn with what it was before and what it became, so that what is hard about it cancels out.

    Args:
        before: The document types.
        after: The same documents and characters, other edits.
        seed: Seed of the resampling.
        resamples: How many times the documents are drawn anew.

    Returns:
        The change, and both ends; NaN where no document changed, or there is one.
    """
    grown = [Stratum(new.edits - old.edits, old.chars) for old, new in zip(before, after, strict=True)]
    fields = sum(len(one.edits) for one in grown)
    point = _mean(grown, fields)
    if max(one.edits.shape[1] for one in grown) == 1 or not any(one.edits.any() for one in grown):
        return point, float("nan"), float("nan")
    drawn = [_drawn(one, place, seed, resamples) for place, one in enumerate(grown)]
    draws, ones = _sum(total for total, _, _ in drawn) / fields, _as_they_are(grown)
    spread = 6 * _sum(square for _, square, _ in ones) ** 1.5
    cubes = _sum(cube for _, _, cube in ones)
    acceleration = np.divide(cubes, spread, out=np.zeros(1), where=spread > 0)
    ends = _extreme(grown, fields, np.min), _extreme(grown, fields, np.max)
    return point, *bca_of_one(draws, point, *ends, float(acceleration[0]))


Sums = tuple[Floats, Floats, Floats]
"""The sum of the fields' CERs in each resample, and the sums of squares and cubes of the documents' influences."""


def _ratios(one: Stratum) -> Floats:
    """The fields' ratios, shape ``(fields, 1)``."""
    return ratios(one.edits.sum(axis=1, keepdims=True), one.chars.sum(axis=1, keepdims=True))


def _parts(strata: Sequence[Stratum], fields: int) -> Floats:
    """What each document adds to the mean of the fields, shape ``(1, documents)``."""
    parts = [ratios(one.edits, one.chars.sum(axis=1, keepdims=True)).sum(axis=0) / fields for one in strata]
    return np.concatenate(parts)[None]


def _mean(strata: Sequence[Stratum], fields: int) -> float:
    """The mean of the fields' ratios."""
    return float(sum(_ratios(one).sum() for one in strata)) / fields


def _extreme(strata: Sequence[Stratum], fields: int, of: Callable[..., Floats]) -> float:
    """The mean of the fields' ratios if every field were as in its worst document, or in its best one."""
    return float(sum(of(ratios(one.edits, one.chars), axis=1).sum() for one in strata)) / fields


def _as_they_are(strata: Sequence[Stratum]) -> list[Sums]:
    """The sums of the documents, each once."""
    return [_resampled(one, np.ones((one.edits.shape[1], 1))) for one in strata]


def _drawn(one: Stratum, place: int, seed: int, resamples: int) -> Sums:
    """Resamples a document type; each has a seed of its own."""
    return _resampled(one, weights(one.edits.shape[1], seed + 1_000_003 * place, resamples))


def _sum(parts: Iterable[Floats]) -> Floats:
    total: Floats = np.sum(list(parts), axis=0)
    return total


def _resampled(one: Stratum, drawn: Floats) -> Sums:
    total = np.zeros(drawn.shape[1])
    influence, terms = np.zeros(drawn.shape), np.zeros(drawn.shape)
    for edits, chars in zip(one.edits, one.chars, strict=True):
        size = chars @ drawn
        cer = ratios(edits @ drawn, size)
        total += cer
        part, share = (
            edits[:, None] / np.where(size > 0, size, 1.0),
            chars[:, None] * cer / np.where(size > 0, size, 1.0),
        )
        influence += part - share
        terms += np.abs(part) + np.abs(share)
    documents = len(drawn)
    inflation = documents / (documents - 1) if documents > 1 else 1.0
    square = rounded_off((drawn * influence**2).sum(axis=0), (drawn * terms**2).sum(axis=0))
    return total, square * inflation, (drawn * influence**3).sum(axis=0)
