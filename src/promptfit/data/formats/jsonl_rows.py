"""Files of JSON lines: an object a row."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

from promptfit.data.formats.json_cells import cells_of
from promptfit.data.formats.source_rows import SourceRow
from promptfit.types import PromptfitError

LONGEST = 10_000_000
"""Bytes of a line."""
_LOOKED_AT = 200


class JsonLines:
    """A file of JSON lines.

    Args:
        path: The file.
        dates: How days are written; JSON has none.

    Raises:
        PromptfitError: It can't be read, or no line is an object.
    """

    def __init__(self, path: Path, dates: str) -> None:
        self._path, self._dates = path, dates
        self.notes: list[str] = []
        self.columns = tuple(dict.fromkeys(name for row in islice(self.rows(), _LOOKED_AT) for name in row.cells))
        if not self.columns:
            raise PromptfitError(f'{path}: no line in it is an object like {{"image": …, "Фамилия": …}}')

    def rows(self) -> Iterator[SourceRow]:
        """See ``RowSource``."""
        try:
            with self._path.open("rb") as file:
                for number, line in enumerate(_lines(file.readline), start=1):
                    if line.strip():
                        yield self._row(f"line {number}", line)
        except OSError as error:
            raise PromptfitError(f"{self._path}: cannot be read ({error.strerror}); check its rights") from error

    def _row(self, place: str, line: bytes) -> SourceRow:
        if len(line) > LONGEST:
            return SourceRow(place, {}, f"a line of more than {LONGEST:,} bytes")
        try:
            said = json.loads(line.decode("utf-8-sig"), parse_float=str, parse_int=str, parse_constant=str)
        except (ValueError, RecursionError) as error:
            return SourceRow(place, {}, f"no JSON in UTF-8 ({type(error).__name__})")
        return (
            SourceRow(place, cells_of(said, self._dates))
            if isinstance(said, dict)
            else SourceRow(place, {}, "no object, but another kind of JSON")
        )


def _lines(read: Callable[[int], bytes]) -> Iterator[bytes]:
    """Lines, of which one that is too long is not held whole."""
    while line := read(LONGEST + 1):
        whole = line
        while not line.endswith(b"\n") and (line := read(LONGEST + 1)):
            pass
        yield whole
