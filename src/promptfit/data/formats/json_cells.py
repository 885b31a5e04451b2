"""Values of JSON, parquet and the hub as cells: texts, several texts, images; what is nested has dotted names."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from promptfit.data.formats.cell_text import cell_text
from promptfit.data.formats.found_value import ImageContent
from promptfit.data.formats.source_rows import Cell

DEEPEST = 20
MOST = 10_000
"""Cells of one row."""


def cells_of(said: Mapping[str, Any], dates: str) -> dict[str, Cell]:
    """The cells of a row; keys of what is nested are joined by dots, and lists of anything but texts are left out."""
    made: dict[str, Cell] = {}
    for name, cell in _cells("", said, dates, 0):
        made[name] = cell
        if len(made) >= MOST:
            break
    return made


def record_of(text: str) -> Mapping[str, Any] | None:
    """The object that a text of JSON holds; None where it is none."""
    try:
        said = json.loads(text, parse_float=str, parse_int=str, parse_constant=str)
    except (ValueError, RecursionError):
        return None
    return said if isinstance(said, dict) else None


def _cells(name: str, value: Any, dates: str, depth: int) -> Iterator[tuple[str, Cell]]:
    if isinstance(value, Mapping):
        if (image := _image(value)) is not None:
            yield name, image
        elif depth < DEEPEST:
            for key, one in value.items():
                yield from _cells(f"{name}.{key}" if name else str(key), one, dates, depth + 1)
    elif isinstance(value, list | tuple):
        if all(isinstance(one, str | int | float) or one is None for one in value):
            yield name, tuple(cell_text(one, dates) for one in value if one is not None)
    elif isinstance(value, bytes):
        yield name, ImageContent(value)
    else:
        yield name, cell_text(value, dates)


def _image(value: Mapping[str, Any]) -> Cell | None:
    """The hub's way to hold an image: its bytes, or its file's path."""
    if not value.keys() <= {"bytes", "path"} or "bytes" not in value:
        return None
    content = value["bytes"]
    return ImageContent(content) if isinstance(content, bytes) else str(value.get("path") or "")
