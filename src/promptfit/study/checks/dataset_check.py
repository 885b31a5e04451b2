"""Looks a data set through, row by row: one that is at fault stops nothing here, and is one finding of many."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from promptfit.data.annotation import BOX, FILE_NAME, REQUIRED
from promptfit.data.box_units import doubtful_unit
from promptfit.data.doubts import doubts
from promptfit.data.fingerprints import fingerprints
from promptfit.data.images import ImageFolder, several_pages
from promptfit.data.prints_file import FINGERPRINTS
from promptfit.data.reader import sample_parser
from promptfit.data.schemas import schema_file
from promptfit.data.schemas.dataset_schema import completed
from promptfit.paths import home
from promptfit.study.checks.finding import KINDS, CheckedRow, DatasetFindings, Finding
from promptfit.study.checks.same_pictures import same_pictures
from promptfit.study.checks.truth_oddities import truth_oddities
from promptfit.support.files.table import CellFault, Table, read_table

DIGITS = 8
LookUp = Callable[[Sequence[CheckedRow]], Iterator[Finding]]


def checked(root: Path, look_up: LookUp | None, most: int = 0) -> DatasetFindings:
    """Checks images, true values, boxes, types, and what is there twice.

    Args:
        root: The data set's folder.
        look_up: Finds values that are not on their page; None looks up nothing.
        most: Pages that it looks at.

    Raises:
        PromptfitError: There is no annotation, or it is no table with its columns.
    """
    table = read_table(root / FILE_NAME, [REQUIRED])
    images = ImageFolder(root)
    rows, faults = _parsed(table, images)
    stated = root / schema_file.FILE_NAME
    schema = completed(schema_file.read(stated) if stated.exists() else {}, [one.sample for one in rows])
    rows = [CheckedRow(one.row, replace(one.sample, kind=schema.fields[one.sample.field].kind)) for one in rows]
    files = {one.sample.shown_digest: one.sample.image for one in rows}
    found = [*faults, *truth_oddities(rows), *same_pictures(rows, fingerprints(files, home() / FINGERPRINTS))]
    found += look_up(rows) if look_up else ()
    order = list(KINDS)
    return DatasetFindings(
        root=root,
        state=state_of(table),
        rows=len(table.rows),
        images=len(images.seen),
        findings=tuple(sorted(found, key=lambda one: (order.index(one.kind), one.row))),
        notes=tuple(_notes(rows, images)),
        looked_up=min(most, len({one.sample.image for one in rows if one.sample.answer.strip()})) if look_up else 0,
    )


def state_of(table: Table) -> str:
    """The first digits of the annotation's digest: rows that were struck out by number are those of this state."""
    return hashlib.sha256(table.content).hexdigest()[:DIGITS]


def _parsed(table: Table, images: ImageFolder) -> tuple[list[CheckedRow], list[Finding]]:
    parse, rows, faults = sample_parser(images), [], []
    for row in table.rows:
        try:
            rows.append(CheckedRow(row, parse(row)))
        except CellFault as fault:
            name = f"{row.cells['doc_class']} {row.cells['question_type']}".strip()
            said = f"{fault.column}: {fault}"
            faults.append(Finding("fault", row.number, row.cells["image_path"], name, row.cells["answer"], said))
    return rows, faults


def _notes(rows: Sequence[CheckedRow], images: ImageFolder) -> Iterator[str]:
    samples, numbers = [one.sample for one in rows], [one.row.number for one in rows]
    yield from (line for line in doubts(samples, numbers) if 'an empty "answer"' not in line)
    yield from several_pages(images.seen.values())
    boxes = [
        (one.sample.box, images.look(one.row.cells["image_path"]))
        for one in rows
        if one.sample.box is not None and one.row.cells.get(BOX)
    ]
    if said := doubtful_unit(boxes):
        yield said
