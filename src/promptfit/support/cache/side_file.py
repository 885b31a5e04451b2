"""SQLite files of what can be found out anew: where one can't be written, it is."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path


@contextmanager
def side_file(path: Path, tables: str) -> Iterator[sqlite3.Connection | None]:
    """Opens the file with these tables; None where it can't be written."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(path, timeout=30)
        connection.executescript(tables)
    except (OSError, sqlite3.Error):
        yield None
        return
    with closing(connection):
        yield connection
