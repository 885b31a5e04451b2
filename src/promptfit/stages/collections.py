"""Prompt collections as stages write them: whole, or some fields of one that is there."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from promptfit.data import collection
from promptfit.data.collection import Row
from promptfit.search.run import SearchResult


def rows_of(result: SearchResult) -> list[Row]:
    """A row a field; the CER is the one measured on the holdout, if there is one."""
    return [Row(one.field.name, one.prompt.text, one.holdout.cer if one.holdout else None) for one in result.fields]


def write_rows(path: Path, rows: Sequence[Row], merge: bool) -> None:
    """Writes a collection.

    Args:
        path: Its file.
        rows: One a field.
        merge: Leave the other fields of the file as they are.
    """
    kept = collection.read(path) if merge and path.is_file() else []
    merged = {row.field: row for row in [*kept, *rows]}
    path.parent.mkdir(parents=True, exist_ok=True)
    collection.write(path, merged.values())
