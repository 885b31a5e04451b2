"""Which column of a table is what, and the values that a row then has."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from promptfit.data.annotation import parse_box
from promptfit.data.formats.found_value import Found, FoundValue, ImageContent, LeftOut
from promptfit.data.formats.image_finder import ImageFinder
from promptfit.data.formats.json_cells import cells_of, record_of
from promptfit.data.formats.source_rows import Cell, SourceRow
from promptfit.types import Box


class ValueMaker(Protocol):
    """Makes a value of the row that is read."""

    def __call__(self, asked: str, answers: tuple[str, ...], question: str = "", box: Box | None = None) -> FoundValue:
        """The value of what is asked."""


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """Columns by what they are; empty where there is none.

    Attributes:
        image: The image: its path or name, or itself.
        fields: Wide tables: a column a field, with the field's name.
        field: Long tables: the field's name of a row; empty takes the question.
        answer: Long tables: the true value, or several.
        question: As it is asked.
        box: Of the value.
        document: The document's name; empty takes the image's.
        doc_type: The document's type, or a text that is that of all.
        split: The split's name.
        record: JSON of the fields, wherever it is nested.
        inside: Where in that JSON, by dotted names.
        without: Fields of it that are not taken, and what is below them.
        empty: Whether an empty cell says that the document has no such value; else it says nothing.
    """

    image: str = ""
    fields: Mapping[str, str] | None = None
    field: str = ""
    answer: str = ""
    question: str = ""
    box: str = ""
    document: str = ""
    doc_type: str = ""
    split: str = ""
    record: str = ""
    inside: str = ""
    without: tuple[str, ...] = ()
    empty: bool = True


class MappedRows:
    """The values of rows.

    Args:
        mapping: Which column is what.
        columns: Those that there are.
        finder: Of images that stand in files; None where a path is of no folder.
    """

    def __init__(self, mapping: ColumnMapping, columns: tuple[str, ...], finder: ImageFinder | None) -> None:
        self._mapping, self._finder = mapping, finder
        self._has_type = mapping.doc_type in columns

    def values(self, row: SourceRow) -> Iterator[Found]:
        """The values of a row, or why it has none."""
        if row.fault:
            yield LeftOut(row.place, row.fault)
            return
        mapping = self._mapping
        try:
            image, name = self._image(row)
        except ValueError as fault:
            yield LeftOut(row.place, "its image is not there", str(fault))
            return
        doc_type = _text(row.cells, mapping.doc_type) if self._has_type else mapping.doc_type
        document = _text(row.cells, mapping.document) or name.rpartition(".")[0] or name
        split = _text(row.cells, mapping.split)

        def found(asked: str, answers: tuple[str, ...], question: str = "", box: Box | None = None) -> FoundValue:
            first, *others = answers or ("",)
            more = tuple(one for one in dict.fromkeys(others) if one != first)
            boxes = (box,) if box else ()
            return FoundValue(row.place, document, image, name, doc_type, asked, first, question, split, boxes, more)

        if mapping.record:
            yield from self._of_record(row, found)
        elif mapping.answer:
            yield from self._of_long_row(row, found)
        else:
            for column, asked in (mapping.fields or {}).items():
                answers = _texts(row.cells.get(column, ""))
                if mapping.empty or any(one.strip() for one in answers):
                    yield found(asked, answers)

    def _of_long_row(self, row: SourceRow, found: ValueMaker) -> Iterator[Found]:
        mapping = self._mapping
        question = _text(row.cells, mapping.question)
        asked = _text(row.cells, mapping.field) if mapping.field else question
        answers = _texts(row.cells.get(mapping.answer, ""))
        if not asked.strip() and not (mapping.field and self._has_type):  # a type may say all of it, as ours do
            yield LeftOut(row.place, "it does not say what is asked")
        elif mapping.empty or any(one.strip() for one in answers):
            yield found(asked, answers, question, self._box(row))

    def _of_record(self, row: SourceRow, found: ValueMaker) -> Iterator[Found]:
        mapping = self._mapping
        said = record_of(_text(row.cells, mapping.record))
        for part in mapping.inside.split(".") if mapping.inside else ():
            inner = said.get(part) if said is not None else None
            said = inner if isinstance(inner, Mapping) else None
        if said is None:
            where = f"{mapping.record}{f', {mapping.inside}' if mapping.inside else ''}"
            yield LeftOut(row.place, f"there is no JSON object in {where}")
            return
        for name, cell in cells_of(said, "").items():
            left_out = any(name == one or name.startswith(f"{one}.") for one in mapping.without)
            if not left_out and not isinstance(cell, ImageContent) and (mapping.empty or cell):
                yield found(name, _texts(cell))

    def _image(self, row: SourceRow) -> tuple[Path | ImageContent, str]:
        cell = row.cells.get(self._mapping.image, "")
        if isinstance(cell, ImageContent):
            if not cell.content:
                raise ValueError("the image is empty")
            return cell, hashlib.sha256(cell.content).hexdigest()[:24]
        if self._finder is None:
            raise ValueError("the row has a path, and its image is not in the data")
        path = self._finder.find(_texts(cell)[0] if cell else "", row.cells)
        return path, path.relative_to(self._finder.folder).as_posix().removeprefix("images/")

    def _box(self, row: SourceRow) -> Box | None:
        cell = row.cells.get(self._mapping.box, "")
        text = ", ".join(cell) if isinstance(cell, tuple) else cell
        try:
            return parse_box(text) if isinstance(text, str) else None
        except ValueError:
            return None


def _texts(cell: Cell) -> tuple[str, ...]:
    if isinstance(cell, ImageContent):
        return ("",)
    return cell if isinstance(cell, tuple) else (cell,)


def _text(cells: Mapping[str, Cell], column: str) -> str:
    return _texts(cells.get(column, ""))[0] if column and cells.get(column) else ""
