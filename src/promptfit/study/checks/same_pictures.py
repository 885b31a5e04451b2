"""Images that are there twice: byte for byte, or as the same picture."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from promptfit.data.accepted_truths import cell_of
from promptfit.data.fingerprints import pairs
from promptfit.study.checks.finding import CheckedRow, Finding
from promptfit.support.grouped_by import grouped_by


def same_pictures(rows: Sequence[CheckedRow], prints: Mapping[str, bytes]) -> Iterator[Finding]:
    """Second images of the same picture, once each, and true values that contradict those of the first.

    Args:
        rows: Of the data set.
        prints: Fingerprints of its images, by digest as shown.
    """
    paths = grouped_by(rows, lambda one: one.sample.image)
    of = grouped_by(paths, lambda path: paths[path][0].sample.shown_digest)
    for same in of.values():
        for path in same[1:]:
            yield from _twins(paths[same[0]], paths[path], "copy", "the same file as")
    for one, other in pairs(prints):
        first, second = sorted((paths[of[one][0]], paths[of[other][0]]), key=lambda own: own[0].row.number)
        yield from _twins(first, second, "near copy", "the same picture as")


def _twins(first: Sequence[CheckedRow], second: Sequence[CheckedRow], kind: str, said: str) -> Iterator[Finding]:
    yield second[0].odd(kind, f"{said} {first[0].row.cells['image_path']} (row {first[0].row.number})")
    known = {one.sample.field: one for one in first}
    for one in second:
        other = known.get(one.sample.field)
        if other and _stripped(other) != _stripped(one):
            there = cell_of(other.sample.truths)
            yield one.odd("contradiction", f'row {other.row.number} of the same picture has "{there}"')


def _stripped(row: CheckedRow) -> set[str]:
    return set(map(str.strip, row.sample.truths))
