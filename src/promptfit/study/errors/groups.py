"""The answers by field, document type, augmentation, length of the truth and height of the text."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

import numpy as np

from promptfit.study.errors.attribution import Ledger
from promptfit.study.records.errors_json import Group

LENGTHS = {"0": 0, "1-5": 1, "6-10": 6, "11-20": 11, "21+": 21}
"""Characters of the normalised truth, from this many on."""
HEIGHTS = {"<8": 0.0, "8-12": 8.0, "12-16": 12.0, "16-24": 16.0, "24+": 24.0}
"""Pixels of text height, from this height on."""


def groups(
    ledger: Ledger,
    fields: Sequence[str],
    types: Sequence[str],
    augmentations: Sequence[str],
    heights: Sequence[float],
    seed: int,
) -> list[Group]:
    """Scores every group; the sequences say what each answer is, as ``len(ledger.pair)`` values.

    Fields, types and augmentations come in the order of their names, lengths and heights in their own order.
    """
    lengths = [_bucket(LENGTHS, size) for size in ledger.chars.tolist()]
    tall = [_bucket(HEIGHTS, height) for height in heights]
    return [
        *_by("field", fields, sorted(set(fields)), ledger, seed),
        *_by("doc_type", types, sorted(set(types)), ledger, seed),
        *_by("augmentation", augmentations, sorted(set(augmentations)), ledger, seed),
        *_by("length", lengths, list(LENGTHS), ledger, seed),
        *_by("text_height", tall, list(HEIGHTS), ledger, seed),
    ]


def _by(by: str, names: Sequence[str], order: Sequence[str], ledger: Ledger, seed: int) -> list[Group]:
    place = {name: at for at, name in enumerate(order)}
    at = np.fromiter((place[name] for name in names), np.int64, len(names))
    found = ((name, at == index) for name, index in place.items())
    return [Group(by, name, ledger.cell(seed, some), ledger.kinds(some)) for name, some in found if some.any()]


def _bucket(edges: dict[str, float] | dict[str, int], value: float) -> str:
    return list(edges)[bisect_right(list(edges.values()), value) - 1]
