"""Which rows are of one document: those of one ``data_index``, and those whose images show the same picture.

A newcomer numbers the rows, and one passport has twelve numbers; a scan is saved twice, and stands under two. Taken for
different documents they would lie in both halves of a split, and make every interval too narrow.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from promptfit.data.fingerprints import fingerprints, pairs
from promptfit.types import Field, Sample

SHOWN = 3
"""Groups that a warning names."""
DIGITS = 16
"""Hexadecimal digits of a document's digest."""


def grouped(samples: Sequence[Sample], kept: Path) -> tuple[list[Sample], list[str]]:
    """Gives every document one name and one split: those of its first row.

    Args:
        samples: In the order of their rows, with ``document`` as the annotation has it.
        kept: Where fingerprints of images are kept.

    Returns:
        The samples, and a word on what was taken together.
    """
    images = {one.image_digest: one.image for one in samples}
    same = [*_shared(samples), *_alike(samples, pairs(fingerprints(images, kept)))]
    if not same:
        return list(samples), []
    home = _joined([one.document for one in samples], same)
    splits: dict[str, str] = {}
    for one in samples:
        splits.setdefault(home[one.document], one.split)
    moved = [one for one in samples if splits[home[one.document]] != one.split and home[one.document] != one.document]
    made = [
        replace(one, document=home[one.document], data_index=one.document, split=splits[home[one.document]])
        if home[one.document] != one.document
        else one
        for one in samples
    ]
    return made, [_said(samples, home), *([_said_moved(moved, home, splits)] if moved else [])]


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
    of = {one.image_digest: one.document for one in reversed(samples)}
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


def _said(samples: Sequence[Sample], home: dict[str, str]) -> str:
    groups: dict[str, dict[str, str]] = {}
    for one in samples:
        groups.setdefault(home[one.document], {}).setdefault(one.document, one.image.name)
    several = [own for own in groups.values() if len(own) > 1]
    shown = "; ".join(
        ", ".join(f'"{name}" ({image})' for name, image in list(own.items())[:SHOWN])
        + (", …" if len(own) > SHOWN else "")
        for own in several[:SHOWN]
    )
    more = f"; and {len(several) - SHOWN} more" if len(several) > SHOWN else ""
    return (
        f"{len(several)} document(s) stand under several data_index, since their images are the same picture; each is "
        f"taken as one document: {shown}{more}"
    )


def _said_moved(moved: Sequence[Sample], home: dict[str, str], splits: dict[str, str]) -> str:
    names = {one.document: (one.split, splits[home[one.document]]) for one in moved}
    shown = ", ".join(f'"{name}" from {old} to {new}' for name, (old, new) in list(names.items())[:SHOWN])
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return f"the same picture stood in several splits; it is kept in the first one: {shown}{more}"


def by_field(samples: Sequence[Sample]) -> dict[Field, list[Sample]]:
    """Groups samples by field, in the order in which the fields first appear."""
    groups: dict[Field, list[Sample]] = {}
    for sample in samples:
        groups.setdefault(sample.field, []).append(sample)
    return groups
