"""One SQLite file that many processes share: opened safely, set aside when not to be trusted, errors with remedies."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Lock

from filelock import FileLock

from promptfit.support.files.writing import keep_private
from promptfit.types import PromptfitError

log = logging.getLogger(__name__)

APPLICATION = 0x70666974  # "pfit": tells our files from other programs' SQLite files
Migration = Callable[[sqlite3.Connection, int], None]

_WAIT = 60.0
_SIDECARS = ("", "-wal", "-shm")
_BROKEN = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_REMEDIES = {
    sqlite3.SQLITE_FULL: "the disk is full; free some space and run again",
    sqlite3.SQLITE_IOERR: "the disk cannot be written; check its space and health, and run again",
    sqlite3.SQLITE_READONLY: "the file is read-only; make it and its folder writable",
    sqlite3.SQLITE_CANTOPEN: "the file cannot be opened; check that its folder is there and writable",
    sqlite3.SQLITE_BUSY: f"another process held the file for over {_WAIT:.0f} seconds; run again when it is done",
}


class Database:
    """A connection to a store file; threads take turns with it.

    Args:
        path: The file; it and its folder are made if they are missing.
        schema: ``CREATE TABLE IF NOT EXISTS`` statements.
        version: Of the schema.
        migrate: Brings the tables of an earlier version, which it is told, up to this one.

    Raises:
        PromptfitError: The file cannot be opened or was made by a newer promptfit.
    """

    def __init__(self, path: Path, schema: str, version: int, migrate: Migration) -> None:
        self.path, self._schema, self._version, self._migrate = path, schema, version, migrate
        self._turn = Lock()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            doubtful = path.exists() and bool(self._why(path, version))
            with FileLock(f"{path}.lock"):  # two processes must not make or set aside the same file at once
                if doubtful and (why := self._why(path, version)):
                    aside = _set_aside(path)
                    _mark(path).unlink(missing_ok=True)
                    log.warning("%s is set aside as %s, and a new store begins: %s", path, aside.name, why)
                self._connection = self._open()
        except OSError as error:
            raise PromptfitError(f"{path}: the store cannot be opened ({error}); mend that and run again") from error

    @contextmanager
    def use(self, *, write: bool = False) -> Iterator[sqlite3.Connection]:
        """Gives the connection; with ``write``, inside a transaction that is committed at the end.

        Raises:
            PromptfitError: The disk is full, the file is locked or broken; what was committed before stays.
        """
        with self._turn:
            try:
                if write:
                    self._connection.execute("BEGIN IMMEDIATE")
                yield self._connection
                if write:
                    self._connection.execute("COMMIT")
            except BaseException as error:
                self._undo()
                if isinstance(error, (sqlite3.Error, UnicodeDecodeError)):
                    raise self._named(error) from error
                raise

    @staticmethod
    def _why(path: Path, version: int) -> str:
        """Why a file is not to be trusted; SQLite's quick look does not see all that is broken in use."""
        return distrust(path, version) or ("it was found broken in use" if _mark(path).exists() else "")

    def size(self) -> int:
        """Bytes on disk."""
        files = [Path(f"{self.path}{tail}") for tail in _SIDECARS]
        return sum(file.stat().st_size for file in files if file.exists())

    def close(self) -> None:
        """Closes the connection; the write-ahead log is folded into the file by the last process to close."""
        self._connection.close()

    def _open(self) -> sqlite3.Connection:
        self.path.touch(0o600)
        keep_private(self.path)  # and SQLite gives the files beside it the same rights
        connection = sqlite3.connect(self.path, timeout=_WAIT, isolation_level=None, check_same_thread=False)
        connection.text_factory = text
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            # A killed process loses nothing that was committed; only a power cut may take the last moments.
            connection.execute("PRAGMA synchronous=NORMAL")
            connection.execute(f"PRAGMA application_id={APPLICATION}")
            (found,) = connection.execute("PRAGMA user_version").fetchone()
            connection.execute("BEGIN IMMEDIATE")
            if 0 < found < self._version:
                self._migrate(connection, found)
            for statement in self._schema.split(";"):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version={self._version}")
            connection.execute("COMMIT")
        except (sqlite3.Error, UnicodeDecodeError) as error:
            connection.close()
            raise self._named(error) from error
        return connection

    def _undo(self) -> None:
        if self._connection.in_transaction:
            try:
                self._connection.execute("ROLLBACK")
            except sqlite3.Error:
                log.debug("SQLite had already rolled back")

    def _named(self, error: sqlite3.Error | UnicodeDecodeError) -> PromptfitError:
        code = (getattr(error, "sqlite_errorcode", None) or 0) & 0xFF
        # a name of the schema that is not there any more is a flipped byte, too
        if code in _BROKEN or isinstance(error, UnicodeDecodeError) or str(error).startswith("no such column"):
            with suppress(OSError):
                _mark(self.path).touch()
            return PromptfitError(
                f"{self.path}: broken ({error}); run again: it is set aside then, and a new one begins"
            )
        remedy = _REMEDIES.get(code, "run again, or move the file away")
        return PromptfitError(f"{self.path}: {remedy} ({error}). What was kept before stays")


def distrust(path: Path, newest: int) -> str:
    """Says why a file is no store of ours that can be trusted, or nothing if it is one.

    Args:
        path: The file.
        newest: The version of the schema that is known here.

    Raises:
        PromptfitError: A newer promptfit made it.
    """
    connection = sqlite3.connect(path, timeout=_WAIT)
    connection.text_factory = text
    try:
        return doubt(connection, path, newest)
    except UnicodeDecodeError:  # what SQLite says names a part of the file, and that is no text any more
        return "it is damaged"
    except sqlite3.DatabaseError as error:
        if (getattr(error, "sqlite_errorcode", None) or 0) & 0xFF in _BROKEN:
            return f"it is damaged or no SQLite file ({error})"
        raise PromptfitError(f"{path}: the store cannot be read ({error}); mend that and run again") from error
    finally:
        connection.close()


def doubt(connection: sqlite3.Connection, path: Path, newest: int, tables: Collection[str] | None = None) -> str:
    """Says what ``distrust`` does, of a file that is open.

    Args:
        connection: To the file.
        path: The file.
        newest: The version of the schema that is known here.
        tables: Those that it may have; any if left out.

    Raises:
        PromptfitError: A newer promptfit made it.
        sqlite3.Error: It can't be read.
    """
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    made = connection.execute("SELECT type, name, sql FROM sqlite_master").fetchall()
    if application != APPLICATION and (application or made):
        return "it is another program's file"
    if version > newest:
        raise PromptfitError(f"{path}: a newer promptfit made this store; update promptfit or move the file away")
    # First, since what is computed may never end: SQLite's own check computes it, too.
    for kind, name, statement in made:
        table = kind == "table" and str(statement).split()[1:2] == ["TABLE"]
        known = tables is None or name in tables or str(name).startswith("sqlite_")
        if not (table and known) and not (kind == "index" and statement is None):
            return f"it has the {kind} {name!r}, which no store has"
        if connection.execute("SELECT 1 FROM pragma_table_xinfo(?) WHERE hidden", (name,)).fetchone():
            return f"its table {name!r} has computed columns"
    (health,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    return "" if health == "ok" else f"it is damaged ({health.splitlines()[-1]})"


def text(data: bytes) -> str:
    """Flipped bytes need not be UTF-8 any more; what is read for them fails its seal."""
    return str(data, "utf-8", "replace")


def _mark(path: Path) -> Path:
    """Lies beside a file that was found broken in use, so that the next start sets it aside."""
    return Path(f"{path}.broken")


def _set_aside(path: Path) -> Path:
    number = next(n for n in range(1, 1_000_000) if not Path(f"{path}.aside-{n}").exists())
    for tail in _SIDECARS:
        part = Path(f"{path}{tail}")
        if part.exists():
            part.rename(f"{path}.aside-{number}{tail}")
    return Path(f"{path}.aside-{number}")
