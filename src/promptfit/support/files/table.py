"""Reading tables from CSV files, with faults that name file, row and column.

Rows are numbered as a spreadsheet shows them: the header is row 1. What spreadsheets save is read: UTF-8, or UTF-16
with a byte order mark; ``;``, ``,`` or tabs; a first line ``sep=;``; empty rows. Other encodings are refused: cp1251
and cp866 can't be told apart for certain, and a wrong guess would be read as other letters, in silence.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from promptfit.support.files.writing import USUAL
from promptfit.support.texts import as_name
from promptfit.types import PromptfitError

T = TypeVar("T")
SHOWN_FAULTS = 10
DELIMITERS = (USUAL, ",", "\t")
DECLARED = re.compile(r'"?sep=(.)"?[;,\t]*(?:\r\n|\r|\n|$)')
_SPREADSHEETS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
"""How files of Excel's own formats begin."""


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
    """A CSV file that was read."""

    path: Path
    content: bytes
    """The file's text in UTF-8, without the byte order mark and the line that declares the delimiter."""
    delimiter: str
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


def read_table(path: Path, layouts: Sequence[Sequence[str]]) -> Table:
    """Reads a CSV file whose header holds every column of one of the layouts.

    Args:
        path: The file.
        layouts: Alternative sets of columns that must be there; more may be.

    Raises:
        PromptfitError: Missing, empty or malformed file, another encoding, missing column.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise PromptfitError(f"{path}: cannot be read ({error.strerror}); check the path") from error
    if content.startswith(_SPREADSHEETS):
        raise PromptfitError(f'{path}: a spreadsheet, and no CSV file; save it as CSV (in Excel: "CSV UTF-8")')
    text = _decoded(path, content)
    declared = DECLARED.match(text)
    text = text[declared.end() :] if declared else text
    if not text.strip():
        raise PromptfitError(f"{path}: the file is empty; it needs the columns {_listed(layouts[0])}")
    delimiter, columns = _header(path, text, layouts, (declared[1],) if declared else DELIMITERS)
    return Table(path, text.encode("utf-8"), delimiter, columns, _rows(path, text, delimiter, columns))


def _decoded(path: Path, content: bytes) -> str:
    try:
        if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return content.decode("utf-16")
        return content.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise _encoding_error(path, content, error) from error


def _header(
    path: Path, text: str, layouts: Sequence[Sequence[str]], delimiters: Sequence[str]
) -> tuple[str, tuple[str, ...]]:
    found = {mark: _first_row(text, mark) for mark in delimiters}
    for mark, columns in found.items():
        if any(set(layout) <= set(columns) for layout in layouts):
            twice = [column for column in columns if column and columns.count(column) > 1]
            if twice:
                raise PromptfitError(f'{path}: row 1: the column "{twice[0]}" is there twice; remove one')
            return mark, columns
    if "\0" in text.partition("\n")[0]:
        raise PromptfitError(f'{path}: row 1: zero bytes, as in UTF-16; save the file as UTF-8 (in Excel: "CSV UTF-8")')
    lacks = [[name for name in layout if name not in columns] for columns in found.values() for layout in layouts]
    raise PromptfitError(
        f"{path}: row 1: missing column {_listed(min(lacks, key=len))}; "
        f'the header has {_listed(max(found.values(), key=len))}; separate columns by "{delimiters[0]}", in UTF-8'
    )


def _first_row(text: str, delimiter: str) -> tuple[str, ...]:
    try:
        return tuple(as_name(cell) for cell in next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)))
    except csv.Error:
        return ()


def _rows(path: Path, text: str, delimiter: str, columns: Sequence[str]) -> tuple[TableRow, ...]:
    # strict: otherwise '"Ромашка" ООО' would lose its quotes, and an open quote would eat the rest, in silence
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[TableRow] = []
    number = 0
    try:
        for number, cells in enumerate(reader, start=1):
            if number == 1 or not any(cell.strip() for cell in cells):
                continue
            while len(cells) > len(columns) and not cells[-1].strip():
                cells.pop()  # a spreadsheet's empty columns
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


def _encoding_error(path: Path, content: bytes, error: UnicodeDecodeError) -> PromptfitError:
    """Names the cell of the first byte that is no UTF-8: it is the last cell of all that stands before it."""
    remedy = 'save the file as UTF-8 (in Excel: "CSV UTF-8"; elsewhere, say: iconv -f cp1251 -t utf-8)'
    if error.encoding != "utf-8":
        return PromptfitError(f"{path}: its byte order mark says UTF-16, but it ends within a character; {remedy}")
    before = content[: error.start].decode("utf-8") + "?"
    mark = max(DELIMITERS, key=lambda one: len(_first_row(before, one)))
    try:
        rows = list(csv.reader(io.StringIO(before, newline=""), delimiter=mark))
        index = len(rows[-1]) - 1
        column = rows[0][index] if len(rows) > 1 and index < len(rows[0]) else str(index + 1)
        place = f'row {len(rows)}, column "{column}"'
    except csv.Error:  # an open quote has swallowed the rest
        place = f"line {before.count(chr(10)) + 1}"
    return PromptfitError(
        f"{path}: {place}: byte 0x{content[error.start]:02x} is no UTF-8, but perhaps cp1251 or cp866, which can't be "
        f"told apart for certain; {remedy}"
    )


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)
