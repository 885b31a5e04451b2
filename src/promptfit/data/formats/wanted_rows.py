"""Rows that are taken of a table, by what stands in their cells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from promptfit.data.formats.column_options import has
from promptfit.data.formats.found_value import ImageContent
from promptfit.data.formats.source_rows import SourceRow


class WantedRows:
    """Rows whose cells hold texts, whatever their capitals.

    Args:
        only: The texts by column; None wants all rows.
        columns: Those that there are.

    Raises:
        PromptfitError: There is no such column.
    """

    def __init__(self, only: Mapping[str, str] | None, columns: Sequence[str]) -> None:
        self._texts = {has(columns, "only", str(name)): str(text).casefold() for name, text in (only or {}).items()}

    def has(self, row: SourceRow) -> bool:
        """Whether a row is wanted; one that has no cells is, so that it is told."""
        return bool(row.fault) or all(text in _shown(row, name) for name, text in self._texts.items())


def _shown(row: SourceRow, name: str) -> str:
    cell = row.cells.get(name, "")
    if isinstance(cell, ImageContent):
        return ""
    return (" ".join(cell) if isinstance(cell, tuple) else cell).casefold()
