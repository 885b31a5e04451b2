"""The register of private images by digest: a copy is known wherever it lies, and whatever its data set is called."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from functools import cache
from hashlib import sha256
from pathlib import Path

from promptfit.data.marks import drawn_folders, is_public
from promptfit.paths import home, resolve
from promptfit.types import PromptfitError

log = logging.getLogger(__name__)

_TABLE = (
    "CREATE TABLE IF NOT EXISTS seen (digest TEXT, folder TEXT, public INTEGER, PRIMARY KEY (digest, folder)) "
    "WITHOUT ROWID"
)
_HAS = "SELECT 1 FROM seen WHERE digest = ?1"


class PrivateImages:
    """What data sets of this project hold, by sha256 (hex) of images, and by the data sets' own digests.

    A folder's mark decides of what it holds, so that a person may change their mind there. What one of our drawn sets
    held first is public, whoever copied it.

    Args:
        path: The SQLite file.
    """

    def __init__(self, path: Path) -> None:
        self._path, self._writable = path, True

    def note(self, folder: Path, digests: Iterable[str], data: str) -> None:
        """Keeps the images of a data set that is new. Where that can't be written, marks alone tell, and it is said.

        Args:
            folder: The data set's.
            digests: Of its images.
            data: The data set's digest.
        """

        def noted(opened: sqlite3.Connection) -> None:
            if not opened.execute(f"{_HAS} AND folder = ?2", [data, _named(folder)]).fetchone():
                self._know_drawn(opened)
                _keep(opened, folder, digests, new=is_public(folder))

        self._write(noted)

    def judge(self, folder: Path, data: str, public: bool) -> None:
        """Keeps whether anybody may see a data set, for the results of it."""
        row = [data, _named(folder), int(public)]
        self._write(lambda opened: opened.execute("INSERT OR REPLACE INTO seen VALUES (?, ?, ?)", row))

    def keepers(self, digests: Iterable[str]) -> dict[str, str]:
        """The folders that keep images private, by the digests of those that are.

        Raises:
            PromptfitError: The register can't be read, so that nobody knows.
        """
        drawn, still_public = _drawn(), cache(_still_public)
        found = {}
        for digest, known in self._rows(digests).items():
            if not any(public and folder in drawn for folder, public in known):
                found[digest] = next((folder for folder, public in known if not still_public(folder, public)), "")
        return {digest: folder for digest, folder in found.items() if folder}

    def knows_public(self, data: str) -> bool:
        """Whether a data set's digest is known as a public one's.

        Raises:
            PromptfitError: As ``keepers``.
        """
        known, drawn = self._rows([data]).get(data, []), _drawn()
        public = [folder for folder, public in known if public and _still_public(folder, public)]
        return bool(public) and (len(public) == len(known) or not drawn.isdisjoint(public))

    def _rows(self, digests: Iterable[str]) -> dict[str, list[tuple[str, int]]]:
        if not self._path.exists():
            return {}
        try:
            with self._opened() as opened:
                query = "SELECT folder, public FROM seen WHERE digest = ?"
                return {digest: opened.execute(query, [digest]).fetchall() for digest in dict.fromkeys(digests)}
        except (OSError, sqlite3.Error) as fault:
            raise PromptfitError(
                f"{self._path}: the register of private images cannot be read ({fault}), so nothing leaves this "
                "machine; mend it, or remove it and load your data sets once"
            ) from fault

    def _know_drawn(self, opened: sqlite3.Connection) -> None:
        """Our own sets are known before the first private image is: a copy of theirs does not make them private."""
        for folder in drawn_folders():
            known = opened.execute("SELECT 1 FROM seen WHERE folder = ?", [_named(folder)]).fetchone()
            if not known and is_public(folder):
                held = (sha256(image.read_bytes()).hexdigest() for image in sorted(folder.glob("images/*")))
                _keep(opened, folder, held, new=True)

    def _write(self, change: Callable[[sqlite3.Connection], object]) -> None:
        try:
            with self._opened() as opened:
                opened.execute("BEGIN IMMEDIATE")  # jobs that read first and then write would not wait for each other
                change(opened)
        except (OSError, sqlite3.Error) as fault:
            if self._writable:
                log.warning("%s: cannot be written (%s), so copies of private images are not known", self._path, fault)
            self._writable = False

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(self._path, timeout=30)) as opened, opened:
            opened.execute(_TABLE)
            yield opened


def _keep(opened: sqlite3.Connection, folder: Path, digests: Iterable[str], new: bool) -> None:
    """Adds images of a folder; with ``new`` only those that no folder is known to hold."""
    place, public = _named(folder), int(is_public(folder))
    rows = ((digest, place, public) for digest in digests)
    where = f"NOT EXISTS ({_HAS})" if new else "1"
    opened.executemany(f"INSERT OR IGNORE INTO seen SELECT ?1, ?2, ?3 WHERE {where}", rows)


def _drawn() -> set[str]:
    return {_named(folder) for folder in drawn_folders() if is_public(folder)}


def _still_public(folder: str, public: int) -> bool:
    """What the folder says now, or said when it was last seen."""
    there = resolve(folder)
    return is_public(there) if there.exists() else bool(public)


def _named(folder: Path) -> str:
    """Relative to the project's root where it lies there: the project may move."""
    real, root = folder.resolve(), home().resolve()
    return str(real.relative_to(root) if real.is_relative_to(root) else real)
