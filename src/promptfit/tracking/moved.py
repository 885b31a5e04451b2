"""A project that was moved or copied, with its MLflow database: that holds absolute paths of the runs' files."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import quote, unquote, urlparse

from promptfit.paths import home
from promptfit.tracking.place import Place

OURS = "promptfit/%"
"""Experiments whose place tells where the project was."""


def follow(place: Place) -> None:
    """Points the database of this project at the files that lie in this project; call it under the lock.

    Only a database and a folder of files that are both relative to the project's root moved with it. A run whose files
    stayed at the old place is still read there.

    Raises:
        sqlite3.Error: It can't be read or written.
    """
    database = place.own_database
    if database is None or not database.is_file() or place.artifacts is None or Path(place.artifacts).is_absolute():
        return
    with closing(sqlite3.connect(database, timeout=30)) as opened, opened:
        if not opened.execute("SELECT 1 FROM sqlite_master WHERE name = 'experiments'").fetchone():
            return
        for old in _old_homes(opened, place.artifacts):
            for before, now in ((old, home().as_uri()), (unquote(urlparse(old).path), str(home()))):
                _repoint(opened, before, now)


def _old_homes(opened: sqlite3.Connection, artifacts: str) -> list[str]:
    """Where the project was when experiments were made, as URIs."""
    tail = "/" + quote(artifacts)
    query = "SELECT DISTINCT artifact_location FROM experiments WHERE name LIKE ?"
    places = [row[0] or "" for row in opened.execute(query, [OURS])]
    homes = [one.removesuffix(tail) for one in places if one.startswith("file://") and one.endswith(tail)]
    return [one for one in homes if one != home().as_uri()]


def _repoint(opened: sqlite3.Connection, before: str, now: str) -> None:
    begins = "substr({0}, 1, length(?)) = ?"
    start = f"{before}/"
    moved = f"UPDATE experiments SET artifact_location = ? || substr(artifact_location, length(?)) WHERE {begins}"
    opened.execute(moved.format("artifact_location"), [now, start, start, start])
    query = f"SELECT run_uuid, artifact_uri FROM runs WHERE {begins}".format("artifact_uri")
    for run, uri in opened.execute(query, [start, start]).fetchall():
        new = now + uri.removeprefix(before)
        if _folder(new).exists() or not _folder(uri).exists():
            opened.execute("UPDATE runs SET artifact_uri = ? WHERE run_uuid = ?", [new, run])


def _folder(uri: str) -> Path:
    return Path(unquote(urlparse(uri).path) if uri.startswith("file:") else uri)
