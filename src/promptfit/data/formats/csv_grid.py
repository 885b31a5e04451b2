"""CSV files of any delimiter, row by row."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from promptfit.data.formats.source_rows import GridRow
from promptfit.support.files.table import DECLARED, DELIMITERS
from promptfit.types import PromptfitError

_SNIFFED = 65_536
"""Bytes at the beginning by which the delimiter is told."""


class CsvGrid:
    """A CSV file.

    Args:
        path: The file.
        delimiter: Between its cells; None finds it out.
        encoding: Of its text; None is UTF-8, or UTF-16 where it says so.

    Raises:
        PromptfitError: It can't be read.
    """

    def __init__(self, path: Path, delimiter: str | None, encoding: str | None) -> None:
        self._path = path
        self.any_width = False
        self.notes: list[str] = []
        try:
            codecs.lookup(encoding or "utf-8")
            with path.open("rb") as file:
                start = file.read(_SNIFFED)
        except LookupError as error:
            raise PromptfitError(f"encoding={encoding}: there is no such encoding; it is like cp1251") from error
        except OSError as error:
            raise PromptfitError(f"{path}: cannot be read ({error.strerror}); check the path and its rights") from error
        utf16 = start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
        self._encoding = encoding or ("utf-16" if utf16 else "utf-8-sig")
        text = start.decode(self._encoding, "replace")
        declared = DECLARED.match(text)
        self._skipped = bool(declared)
        self._delimiter = delimiter or (declared[1] if declared else _likeliest(text))

    def grid(self) -> Iterator[GridRow]:
        """See ``TableGrid``."""
        with self._path.open(encoding=self._encoding, newline="") as file:
            if self._skipped:
                file.readline()
            yield from self._rows(file)

    def _rows(self, file: TextIO) -> Iterator[GridRow]:
        reader = csv.reader(file, delimiter=self._delimiter, strict=True)
        number = 0
        try:
            for number, cells in enumerate(reader, start=1):
                yield GridRow(number, tuple(cells))
        except csv.Error as error:
            raise PromptfitError(
                f"{self._path}: row {number + 1} (line {reader.line_num}): {error}; put a cell that begins with a "
                f'quote, or holds a line break or "{self._delimiter}", in quotes, and double the quotes inside it'
            ) from error
        except UnicodeError as error:
            raise PromptfitError(
                f"{self._path}: after row {number}: no {self._encoding.removesuffix('-sig')}; say what it is, like "
                'encoding=cp1251, or save it as UTF-8 (in Excel: "CSV UTF-8")'
            ) from error


def _likeliest(text: str) -> str:
    """The delimiter that cuts the first rows into the most columns, and all of them into as many."""
    lines = text.splitlines()[:20]
    lines = lines[:-1] or lines

    def columns(mark: str) -> tuple[int, int]:
        try:
            widths = [len(row) for row in csv.reader(lines, delimiter=mark) if row]
        except csv.Error:
            return 0, 0
        usual = max(set(widths), key=widths.count, default=0)
        return (widths.count(usual) if usual > 1 else 0), usual

    return max((*DELIMITERS, "|"), key=columns)
