"""Where a table's header is, and what its columns are called."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

from promptfit.data.formats.source_rows import GridRow, GridRows, TableGrid
from promptfit.support.enumerated import some
from promptfit.support.texts import as_name
from promptfit.types import PromptfitError

LOOKED_AT = 20
"""Rows at the top among which a header is looked for."""


def under_header(path: str, table: TableGrid, header: Sequence[int] | None) -> GridRows:
    """The rows of a grid, by column.

    Args:
        path: The file, for messages.
        table: The grid.
        header: The numbers of the header's rows; None looks for it.

    Raises:
        PromptfitError: There is no such row.
    """
    top = list(islice(table.grid(), max(LOOKED_AT, *header or [0])))
    filled = [row for row in top if any(cell.strip() for cell in row.cells)]
    if not filled:
        raise PromptfitError(f"{path}: no row in it holds anything; give the file with the data")
    numbers = tuple(header) if header else _found(filled)
    rows = [row for row in top if row.number in numbers]
    if len(rows) < len(numbers):
        raise PromptfitError(f"{path}: header={list(numbers)}: it has no such row; say the header's row, like header=1")
    names, notes = _named(_joined(rows))
    if not header and numbers != (1,):
        said = f"header={numbers[0]}" if len(numbers) == 1 else f"header=[{','.join(map(str, numbers))}]"
        notes.insert(0, f"the header is taken to be in row {' and '.join(map(str, numbers))} ({said} says which)")
    return GridRows(table, numbers, names, notes)


def _found(rows: Sequence[GridRow]) -> tuple[int, ...]:
    """The first row that fills more than one column; with the next where that tells columns of one name apart."""
    widest = max(len(_filled(row)) for row in rows)
    at = next(place for place, row in enumerate(rows) if len(_distinct(row)) > 1 or widest == 1)
    if at + 1 < len(rows):
        first, second = rows[at], rows[at + 1]
        twice = len(_distinct(first)) < len(_filled(first))
        gaps = [place for place in _filled(second) if place not in _filled(first)]
        below = [second.cells[place].strip() for place in _filled(second)]
        words = len(set(below)) == len(below) and all(map(_is_name, below))
        if (twice or gaps) and words and len(below) > 1:
            return first.number, second.number
    return (rows[at].number,)


def _is_name(cell: str) -> bool:
    """Whether a cell may be a column's name and hardly a value: it has letters and no digits."""
    return any(letter.isalpha() for letter in cell) and not any(letter.isdigit() for letter in cell)


def _filled(row: GridRow) -> list[int]:
    return [place for place, cell in enumerate(row.cells) if cell.strip()]


def _distinct(row: GridRow) -> set[str]:
    return {as_name(row.cells[place]) for place in _filled(row)}


def _joined(rows: Sequence[GridRow]) -> list[str]:
    """The names of several rows one below the other; what is merged downwards stands once."""
    width = max(len(row.cells) for row in rows)
    columns = [[as_name(row.cells[place]) for row in rows if place < len(row.cells)] for place in range(width)]
    return [" ".join(dict.fromkeys(part for part in parts if part)) for parts in columns]


def _named(names: list[str]) -> tuple[tuple[str, ...], list[str]]:
    """Each name once; a column without one is not read."""
    while names and not names[-1]:
        names.pop()
    made: list[str] = []
    twice = []
    for name in names:
        number, free = 2, name
        while name and free in made:
            free, number = f"{name} {number}", number + 1
        twice += [f'"{free}"'] * (free != name)
        made.append(free)
    notes = [f"columns of one name are told apart: {some(twice)}"] if twice else []
    if unnamed := sum(not name for name in made):
        notes.append(f"{unnamed} column(s) without a name in the header are not read")
    return tuple(made), notes
