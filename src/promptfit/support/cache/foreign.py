"""A store file of somebody else: read only, and only what its tables hold; it decides nothing about the reading."""

from __future__ import annotations

import math
import sqlite3
import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from promptfit.support.cache.database import doubt, text
from promptfit.types import PromptfitError

_SECONDS, _BYTES_A_SECOND = 20.0, 2_000_000
"""How long a file may take to be read: a slow disk is allowed for, a file that makes SQLite go round is not."""
_EVERY = 100_000
"""Steps of SQLite's machine."""
_LONGEST = 32 * 1024 * 1024
"""Bytes of a value; a reply has at most half of it."""
_MOST = {"tokens_in": 1e9, "tokens_out": 1e9, "seconds": 1e7, "cost": 1e7}


@contextmanager
def reading(path: Path, tables: Collection[str], newest: int) -> Iterator[sqlite3.Connection]:
    """Opens another's file.

    Args:
        path: The file; it is not written.
        tables: Those that it may have.
        newest: The version of the schema that is known here.

    Raises:
        PromptfitError: It has anything else than such tables, takes too long, or can't be read.
    """
    end = time.monotonic() + _SECONDS + path.stat().st_size / _BYTES_A_SECOND
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None)) as connection:
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LONGEST)
        connection.set_progress_handler(lambda: time.monotonic() > end, _EVERY)
        connection.text_factory = text
        try:
            connection.execute("PRAGMA trusted_schema=OFF")
            if why := doubt(connection, path, newest, tables):
                raise PromptfitError(f"{path}: not a store to merge: {why}")
            yield connection
        except sqlite3.Error as error:
            why = "it takes too long to read" if time.monotonic() > end else f"it cannot be read ({error})"
            raise PromptfitError(f"{path}: not a store to merge: {why}") from error


def can_be(values: Mapping[str, Any]) -> bool:
    """Whether the columns of a text are what an answer or a completion can have."""
    numbers = {name: values[name] for name in _MOST if name in values}
    texts = [value for name, value in values.items() if name not in _MOST]
    return all(isinstance(text, str) for text in texts) and all(
        isinstance(number, int | float) and math.isfinite(number) and 0 <= number <= _MOST[name]
        for name, number in numbers.items()
    )
