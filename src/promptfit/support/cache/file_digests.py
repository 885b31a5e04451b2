"""sha256 of large files, remembered: a checkpoint of 16 GiB would else be read whole by every command."""

from __future__ import annotations

import hashlib
import logging
import sqlite3
import time
from collections.abc import Sequence
from pathlib import Path

from promptfit.support.cache.side_file import side_file

log = logging.getLogger(__name__)

DIGESTS = ".promptfit/digests.sqlite"
LARGE = 1 << 26
"""Bytes from which on a digest is kept; less is read in 0.04 s."""
SETTLED = 2.0
"""Seconds for which a file must have been left alone: a change within one tick of its clock would not be seen."""
_TOLD = 1 << 30
_TABLE = "CREATE TABLE IF NOT EXISTS digests (path TEXT PRIMARY KEY, state TEXT NOT NULL, digest TEXT NOT NULL)"


def file_digests(files: Sequence[Path], kept: Path) -> list[str]:
    """Digests (hex) of files; large ones are read again only where something of them has changed.

    Args:
        files: What to digest.
        kept: The SQLite file that remembers; where it can't be written, all is read.
    """
    if all(path.stat().st_size < LARGE for path in files):
        return [_digest(path) for path in files]
    with side_file(kept, _TABLE) as connection:
        known = {} if connection is None else _known(connection)
        found = []
        for path in files:
            state, settled = _state(path)
            seen, digest = known.get(str(path.resolve()), ("", ""))
            if seen != state:
                digest = _digest(path)
                if connection and settled and path.stat().st_size >= LARGE and _state(path)[0] == state:
                    _keep(connection, str(path.resolve()), state, digest)
            found.append(digest)
    return found


def _state(path: Path) -> tuple[str, bool]:
    """What changes when a file does: also its inode, and the time of any change, which nobody can set."""
    seen = path.stat()
    settled = time.time() - max(seen.st_mtime, seen.st_ctime) > SETTLED
    return f"{seen.st_size} {seen.st_mtime_ns} {seen.st_ctime_ns} {seen.st_ino}", settled


def _digest(path: Path) -> str:
    if (size := path.stat().st_size) >= _TOLD:
        log.info("%s: its %.1f GiB are read once, to know the weights by", path.name, size / 2**30)
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _known(connection: sqlite3.Connection) -> dict[str, tuple[str, str]]:
    try:
        rows = connection.execute("SELECT path, state, digest FROM digests")
        return {path: (state, digest) for path, state, digest in rows}
    except (sqlite3.Error, UnicodeDecodeError):  # a damaged file
        return {}


def _keep(connection: sqlite3.Connection, path: str, state: str, digest: str) -> None:
    try:
        with connection:
            connection.execute("INSERT OR REPLACE INTO digests VALUES (?,?,?)", (path, state, digest))
    except sqlite3.Error as error:
        log.debug("the digest of %s is not kept: %s", path, error)
