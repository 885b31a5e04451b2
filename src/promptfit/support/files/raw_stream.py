"""A CSV file for another program, written row by row: what does not fit into memory at once."""

from __future__ import annotations

import codecs
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

from promptfit.support.files.formulas import guard
from promptfit.support.files.writing import USUAL, raw_line, say_formulas


class RawStream:
    """The same file as ``write_raw_table``'s, one row at a time; its folder is nobody else's yet.

    Args:
        path: The file, which is made.
        columns: Its header.
    """

    def __init__(self, path: Path, columns: Sequence[str]) -> None:
        self._path = path
        self._file = path.open("wb")
        self._rows, self._formulas, self._first = 0, 0, 0
        self._file.write(codecs.BOM_UTF8)
        self.add(columns)

    def __enter__(self) -> RawStream:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def add(self, row: Sequence[str]) -> None:
        """Writes a row.

        Raises:
            UnicodeEncodeError: A cell is no Unicode text; nothing of the row is written.
        """
        line = raw_line(row, USUAL).encode("utf-8")
        self._rows += 1
        found = sum(guard(cell) != cell for cell in row)
        self._formulas += found
        self._first = self._first or self._rows * bool(found)
        self._file.write(line)

    def say_formulas(self, path: Path) -> None:
        """Warns of cells that a spreadsheet would run, under the name that the file has in the end."""
        say_formulas(path, self._formulas, self._first)
