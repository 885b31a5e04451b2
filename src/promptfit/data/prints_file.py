"""The file of a host in which stands what was found out about images by decoding them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

FINGERPRINTS = ".promptfit/fingerprints.sqlite"
_TABLES = """
CREATE TABLE IF NOT EXISTS prints (digest TEXT PRIMARY KEY, greys BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS masks (digest TEXT PRIMARY KEY, opaque INTEGER NOT NULL);
"""


@contextmanager
def prints_file(path: Path) -> Iterator[sqlite3.Connection | None]:
    """Opens the file; None where it can't be written, and what it would hold is found out anew."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(path, timeout=30)
        connection.executescript(_TABLES)
    except (OSError, sqlite3.Error):
        yield None
        return
    with closing(connection):
        yield connection
