"""The file of a host in which stands what was found out about images by decoding them."""

from __future__ import annotations

import sqlite3
from contextlib import AbstractContextManager
from pathlib import Path

from promptfit.support.cache.side_file import side_file

FINGERPRINTS = ".promptfit/fingerprints.sqlite"
_TABLES = """
CREATE TABLE IF NOT EXISTS prints (digest TEXT PRIMARY KEY, greys BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS masks (digest TEXT PRIMARY KEY, opaque INTEGER NOT NULL);
"""


def prints_file(path: Path) -> AbstractContextManager[sqlite3.Connection | None]:
    """Opens the file; None where it can't be written, and what it would hold is found out anew."""
    return side_file(path, _TABLES)
