"""Reading tables from CSV files, with faults that name file, row and column.

Rows are numbered as a spreadsheet shows them: the header is row 1.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from promptfit.types import PromptfitError

T = TypeVar("T")
SHOWN_FAULTS = 10


class CellFault(Exception):
    """What is wrong with one cell, and the remedy; `Table.parse` adds the file and the row."""

    def __init__(self, column: str, message: str) -> None:
        super().__init__(message)
        self.column = column


@dataclass(frozen=True, slots=True)
class TableRow:
    """One record: its number in the spreadsheet and its cells by column."""

    number: int
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Table:
    """A CSV file that was read; ``content`` is the file's bytes without the byte order mark."""

    path: Path
    content: bytes
    columns: tuple[str, ...]
    rows: tuple[TableRow, ...]

    def parse(self, parse_row: Callable[[TableRow], T]) -> list[T]:
        """Calls ``parse_row`` on every row.

        Raises:
            PromptfitError: Some rows raised a CellFault; the first ten are named in one message.
        """
        parsed, faults = [], []
        for row in self.rows:
            try:
                parsed.append(parse_row(row))
            except CellFault as fault:
                faults.append(f'row {row.number}, column "{fault.column}": {fault}')
        if faults:
            shown = "\n  ".join(faults[:SHOWN_FAULTS])
            more = f"\n  … and {len(faults) - SHOWN_FAULTS} more" if len(faults) > SHOWN_FAULTS else ""
            raise PromptfitError(f"{self.path}: {len(faults)} faulty row(s):\n  {shown}{more}")
        return parsed


def read_table(path: Path, layouts: Sequence[Sequence[str]], delimiters: str = ";") -> Table:
    """Reads a CSV file whose header holds every column of one of the layouts.

    Args:
        path: The file; UTF-8 with or without a byte order mark.
        layouts: Alternative sets of columns that must be there; more may be.
        delimiters: Those to try; the first one that makes a layout's columns appear is taken.

    Raises:
        PromptfitError: Missing, empty or malformed file, broken encoding, missing column.
    """
    try:
        content = path.read_bytes().removeprefix(codecs.BOM_UTF8)
    except OSError as error:
        raise PromptfitError(f"{path}: cannot be read ({error.strerror}); check the path") from error
    if not content.strip():
        raise PromptfitError(f"{path}: the file is empty; it needs the columns {_listed(layouts[0])}")
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _encoding_error(path, content, error, delimiters) from error
    delimiter, columns = _header(path, text, layouts, delimiters)
    return Table(path, content, columns, _rows(path, text, delimiter, columns))


def _header(path: Path, text: str, layouts: Sequence[Sequence[str]], delimiters: str) -> tuple[str, tuple[str, ...]]:
    found = {mark: _first_row(text, mark) for mark in delimiters}
    for mark, columns in found.items():
        if any(set(layout) <= set(columns) for layout in layouts):
            twice = [column for column in columns if column and columns.count(column) > 1]
            if twice:
                raise PromptfitError(f'{path}: row 1: the column "{twice[0]}" is there twice; remove one')
            return mark, columns
    lacks = [[name for name in layout if name not in columns] for columns in found.values() for layout in layouts]
    raise PromptfitError(
        f"{path}: row 1: missing column {_listed(min(lacks, key=len))}; "
        f'the header has {_listed(found[delimiters[0]])}; separate columns by "{delimiters[0]}"'
    )


def _first_row(text: str, delimiter: str) -> tuple[str, ...]:
    try:
        return tuple(cell.strip() for cell in next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)))
    except csv.Error:
        return ()


def _rows(path: Path, text: str, delimiter: str, columns: Sequence[str]) -> tuple[TableRow, ...]:
    # strict: otherwise '"Ромашка" ООО' would lose its quotes, and an open quote would eat the rest, in silence
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[TableRow] = []
    number = 0
    try:
        for number, cells in enumerate(reader, start=1):
            if number == 1 or not cells:
                continue
            if len(cells) != len(columns):
                raise PromptfitError(
                    f"{path}: row {number}: {len(cells)} cells under {len(columns)} columns "
                    f'(the last cell goes under "{columns[min(len(cells), len(columns)) - 1]}"); '
                    f'add what is missing, or put a cell that holds "{delimiter}" in quotes'
                )
            rows.append(TableRow(number, dict(zip(columns, cells, strict=True))))
    except csv.Error as error:
        raise PromptfitError(
            f"{path}: row {number + 1} (line {reader.line_num}): {error}; put a cell that begins with a quote, "
            f'or holds a line break or "{delimiter}", in quotes, and double the quotes inside it'
        ) from error
    return tuple(rows)


def _encoding_error(path: Path, content: bytes, error: UnicodeDecodeError, delimiters: str) -> PromptfitError:
    """Names the cell of the first byte that is no UTF-8: it is the last cell of all that stands before it."""
    before = io.StringIO(content[: error.start].decode("utf-8") + "?", newline="")
    rows = list(csv.reader(before, delimiter=delimiters[0]))
    index = len(rows[-1]) - 1
    column = rows[0][index] if len(rows) > 1 and index < len(rows[0]) else str(index + 1)
    return PromptfitError(
        f'{path}: row {len(rows)}, column "{column}": byte 0x{content[error.start]:02x} is no UTF-8; '
        'save the file as UTF-8 (in Excel: "CSV UTF-8")'
    )


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)
