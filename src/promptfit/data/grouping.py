"""Which rows are of one document: those of one ``data_index``, and those whose images show the same picture.

A newcomer numbers the rows, and one passport has twelve numbers; a scan is saved twice, and stands under two. Taken for
different documents they would lie in both halves of a split, and make every interval too narrow.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from promptfit.data.accepted_truths import cell_of
from promptfit.data.annotation import PARTS
from promptfit.data.fingerprints import fingerprints, pairs
from promptfit.support.enumerated import SHOWN, some
from promptfit.support.grouped_by import grouped_by
from promptfit.types import Field, Sample

DIGITS = 16
"""Hexadecimal digits of a document's digest."""


def grouped(samples: Sequence[Sample], rows: Sequence[int], kept: Path) -> tuple[list[Sample], list[str]]:
    """Gives every document one name, that of its first row, and one split, the first one of its rows that is read.

    Args:
        samples: In the order of their rows, with ``document`` as the annotation has it.
        rows: Their numbers; ``len(rows) == len(samples)``.
        kept: Where fingerprints of images are kept.

    Returns:
        The samples, and a word on what was taken together.
    """
    images = {one.shown_digest: one.image for one in samples}
    same = [*_shared(samples), *_alike(samples, pairs(fingerprints(images, kept)))]
    if not same:
        return list(samples), []
    home = _joined([one.document for one in samples], same)
    groups = _groups(samples, rows, home)
    splits: dict[str, str] = {}
    for one in sorted(samples, key=lambda one: one.split not in PARTS):
        splits.setdefault(home[one.document], one.split)
    made = [_placed(one, home[one.document], splits) if home[one.document] in groups else one for one in samples]
    moved = {
        old.document: (old, new) for old, new in zip(samples, made, strict=True) if old.split not in ("", new.split)
    }
    said = (_said(groups), _said_moved(list(moved.values())), _contradictions(samples, rows, home, groups))
    return made, [line for line in said if line]


def _placed(sample: Sample, name: str, splits: dict[str, str]) -> Sample:
    """The sample under its document's name and in its split; a first name in two splits stays: `split` refuses it."""
    if sample.document != name:
        return replace(sample, document=name, data_index=sample.document, split=splits[name])
    return sample if sample.split in PARTS else replace(sample, split=splits[name])


def document_digests(samples: Iterable[Sample]) -> dict[str, str]:
    """What each document is, by its name: a digest of its images, whatever they are called and wherever they lie."""
    images: dict[str, set[str]] = {}
    for one in samples:
        images.setdefault(one.document, set()).add(one.image_digest)
    return {name: hashlib.sha256("".join(sorted(own)).encode()).hexdigest()[:DIGITS] for name, own in images.items()}


def _shared(samples: Sequence[Sample]) -> list[tuple[str, str]]:
    """Documents that have an image in common, byte for byte."""
    first: dict[str, str] = {}
    found = [(first.setdefault(one.image_digest, one.document), one.document) for one in samples]
    return list(dict.fromkeys((one, other) for one, other in found if one != other))


def _alike(samples: Sequence[Sample], same: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Documents whose images show the same picture."""
    of = {one.shown_digest: one.document for one in reversed(samples)}
    return [(of[one], of[other]) for one, other in same if of[one] != of[other]]


def _joined(names: Iterable[str], same: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The first name of each group, by every name in it."""
    home = {name: name for name in names}
    rank = {name: place for place, name in enumerate(home)}

    def root(name: str) -> str:
        while home[name] != name:
            home[name] = home[home[name]]
            name = home[name]
        return name

    for one, other in same:
        first, second = sorted((root(one), root(other)), key=lambda name: rank[name])
        home[second] = first
    return {name: root(name) for name in home}


def _groups(samples: Sequence[Sample], rows: Sequence[int], home: dict[str, str]) -> dict[str, dict[str, str]]:
    """The documents under several names, by their first name: every name with its first row and that row's image."""
    groups: dict[str, dict[str, str]] = {}
    for one, row in zip(samples, rows, strict=True):
        groups.setdefault(home[one.document], {}).setdefault(one.document, f"row {row}, {one.image.name}")
    return {name: own for name, own in groups.items() if len(own) > 1}


def _said(groups: dict[str, dict[str, str]]) -> str:
    shown = [
        ", ".join(f'"{name}" ({place})' for name, place in list(own.items())[:SHOWN])
        + (f" and {len(own) - SHOWN} more" if len(own) > SHOWN else "")
        for own in groups.values()
    ]
    return (
        f"{len(groups)} document(s) stand under several data_index, since their images are the same picture; each is "
        f"taken as one document: {some(shown, '; ')}"
    )


def _said_moved(moved: Sequence[tuple[Sample, Sample]]) -> str:
    names = [f'"{old.document}" from {old.split} to {new.split}' for old, new in moved]
    return f"the same picture stood in several splits; it is kept in the first one: {some(names)}" if names else ""


def _contradictions(
    samples: Sequence[Sample], rows: Sequence[int], home: dict[str, str], groups: dict[str, dict[str, str]]
) -> str:
    first: dict[tuple[str, Field], tuple[Sample, int]] = {}
    found = []
    for one, row in zip(samples, rows, strict=True):
        if home[one.document] in groups:
            other, at = first.setdefault((home[one.document], one.field), (one, row))
            if other.document != one.document and _stripped(other) != _stripped(one):
                found.append(f'rows {at} and {row} ("{cell_of(other.truths)}", "{cell_of(one.truths)}")')
    return f"the same picture has different answers to one field; correct one of them: {some(found)}" if found else ""


def _stripped(sample: Sample) -> set[str]:
    """The true answers: in whatever order, they accept the same."""
    return set(map(str.strip, sample.truths))


def by_field(samples: Sequence[Sample]) -> dict[Field, list[Sample]]:
    """Groups samples by field, in the order in which the fields first appear."""
    return grouped_by(samples, lambda one: one.field)
