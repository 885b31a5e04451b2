"""One oddity of one row, and the kinds that there are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from promptfit.support.files.table import TableRow
from promptfit.types import Sample

KINDS: Mapping[str, str] = {
    "fault": "rows that can't be read: the image, the box or a name is at fault",
    "contradiction": "the same picture, with another true value of the same field",
    "copy": "the same image file under two names",
    "near copy": "the same picture in another file",
    "type": "true values that are none of their field's type",
    "tokenised": "true values with spaces that no document prints, like 12 /10 /98",
    "off page": "true values that OCR does not find on their page",
    "unread": "true values of pages of which OCR reads too little to say so",
    "empty": "rows without a true value: nothing is there, and whoever says so is right",
}
"""In the order in which they are worth a look."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What is odd in a row.

    Attributes:
        kind: One of ``KINDS``.
        row: Its number, as a spreadsheet shows it.
        image: As the annotation has it.
        field: The field's name.
        answer: The true value.
        said: What is odd.
    """

    kind: str
    row: int
    image: str
    field: str
    answer: str
    said: str


@dataclass(frozen=True, slots=True)
class CheckedRow:
    """A row that could be read: ``sample`` is what it says."""

    row: TableRow
    sample: Sample

    def odd(self, kind: str, said: str) -> Finding:
        """A finding of this row."""
        return Finding(
            kind, self.row.number, self.row.cells["image_path"], self.sample.field.name, self.sample.answer, said
        )


@dataclass(frozen=True, slots=True)
class DatasetFindings:
    """All that was found.

    Attributes:
        root: The data set's folder.
        state: By which the annotation is known again.
        rows: How many it has.
        images: How many could be opened.
        findings: In the order of ``KINDS``, then of rows.
        notes: What is to be said of the whole.
        looked_up: Pages that OCR has read.
    """

    root: Path
    state: str
    rows: int
    images: int
    findings: tuple[Finding, ...]
    notes: tuple[str, ...]
    looked_up: int

    def of(self, kind: str) -> Sequence[Finding]:
        """Those of a kind."""
        return [one for one in self.findings if one.kind == kind]
