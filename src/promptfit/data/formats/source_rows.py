"""Rows of tables of any kind, one at a time, by column."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from promptfit.data.formats.found_value import ImageContent

Cell = str | tuple[str, ...] | ImageContent
"""A text; several texts of which each is true; an image."""


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A row: where it stands, and its cells that hold something; ``fault`` says why it has none."""

    place: str
    cells: Mapping[str, Cell]
    fault: str = ""


class RowSource(Protocol):
    """A table that can be read from its beginning more than once."""

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns."""

    @property
    def notes(self) -> list[str]:
        """What is odd in it, and the option that changes how it is read; complete once it is read."""

    def rows(self) -> Iterator[SourceRow]:
        """Begins to read its rows.

        Raises:
            PromptfitError: It can't be read on.
        """


@dataclass(frozen=True, slots=True)
class GridRow:
    """A row of a table whose header is a row like others: its number, as a spreadsheet shows it, and its cells."""

    number: int
    cells: tuple[str, ...]


class TableGrid(Protocol):
    """A table before it is known where its header is."""

    @property
    def any_width(self) -> bool:
        """Whether rows may be longer than the header, as those of a sheet with notes beside it."""

    @property
    def notes(self) -> list[str]:
        """As of ``RowSource``."""

    def grid(self) -> Iterator[GridRow]:
        """Begins to read its rows."""


@dataclass
class GridRows:
    """A grid's rows under its header.

    Args:
        table: The grid.
        header: The numbers of the header's rows; those before it are passed over.
        columns: The header's names.
    """

    table: TableGrid
    header: tuple[int, ...]
    columns: tuple[str, ...]
    own_notes: list[str] = field(default_factory=list)

    @property
    def notes(self) -> list[str]:
        """As of ``RowSource``."""
        return [*self.own_notes, *self.table.notes]

    def rows(self) -> Iterator[SourceRow]:
        """As of ``RowSource``; rows without anything in them are passed over."""
        for row in self.table.grid():
            if row.number <= self.header[-1] or not any(cell.strip() for cell in row.cells):
                continue
            place = f"row {row.number}"
            if not self.table.any_width and any(cell.strip() for cell in row.cells[len(self.columns) :]):
                yield SourceRow(place, {}, f"it has {len(row.cells)} cells under {len(self.columns)} columns")
                continue
            yield SourceRow(place, {name: cell for name, cell in zip(self.columns, row.cells, strict=False) if name})
