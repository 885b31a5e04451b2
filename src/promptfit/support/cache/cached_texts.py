"""Texts that were paid for, each under a key, by who said them: a pair of tables in a store file."""

from __future__ import annotations

import logging
import sqlite3
import time
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from promptfit.support.cache import foreign
from promptfit.support.cache.database import Database
from promptfit.types import PromptfitError

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

log = logging.getLogger(__name__)
T = TypeVar("T", bound="DataclassInstance")

_SCHEMA = """
CREATE TABLE IF NOT EXISTS {speaker}s (id INTEGER PRIMARY KEY, identity TEXT UNIQUE NOT NULL, hits INTEGER DEFAULT 0);
CREATE TABLE IF NOT EXISTS {texts} (
    key BLOB PRIMARY KEY, {speaker} INTEGER NOT NULL REFERENCES {speaker}s, made REAL NOT NULL, seal INTEGER NOT NULL,
    text TEXT NOT NULL, tokens_in INTEGER, tokens_out INTEGER, seconds REAL, cost REAL, ended TEXT NOT NULL DEFAULT '',
    model TEXT NOT NULL DEFAULT '');
"""
VERSION = 3
"""Of the tables: 2 has why an answer ended, 3 what the reply called its model."""
_SINCE = {2: "ended", 3: "model"}
"""Columns that came with a version; they are empty in what was kept before."""
_FIRST = ("answers", "completions")
"""Tables that a file of version 1 may have."""
_TABLES = (*_FIRST, "answerers", "generators", "served", "heard")
"""All that a file may have."""
_AT_A_TIME = 500


def key_of(parts: Sequence[str]) -> bytes:
    """sha256 over everything that a text depends on, each part preceded by its length."""
    encoded = [part.encode("utf-8", "surrogatepass") for part in parts]
    return sha256(b"".join([piece for data in encoded for piece in (len(data).to_bytes(8, "big"), data)])).digest()


@dataclass(frozen=True)
class CachedOf:
    """What a store holds of one speaker."""

    identity: str
    rows: int
    hits: int


class CachedTexts(Generic[T]):
    """Texts in one SQLite file that the processes of a host, and the threads of a process, share.

    A subclass says what it keeps; several may keep to one file, each with tables of its own.

    Args:
        path: The file. A damaged or foreign one is set aside with a warning, and a new one begins.

    Raises:
        PromptfitError: From every method, where the disk is full, the file is locked, or the like.
    """

    texts: ClassVar[str]
    """The table of the texts."""
    speaker: ClassVar[str]
    """Its column that says whose text it is; the speakers' table has the same name with an s."""
    more: ClassVar[str] = ""
    """Further tables, as ``CREATE TABLE IF NOT EXISTS`` statements."""
    record: type[T]
    """A dataclass of some of the columns ``text``, ``tokens_in`` and so on, by their names."""

    def __init__(self, path: Path) -> None:
        self._columns = [column.name for column in fields(self.record)]
        self._database = Database(path, self._sql(_SCHEMA) + self.more, VERSION, _migrate)

    def get(self, identity: str, keys: Sequence[bytes]) -> dict[bytes, T]:
        """Looks up many keys; those that are kept and intact come back, and count as the speaker's hits."""
        found: dict[bytes, T] = {}
        with self._database.use() as connection:
            for start in range(0, len(keys), _AT_A_TIME):
                part = keys[start : start + _AT_A_TIME]
                marks = ",".join("?" * len(part))
                query = self._sql(f"SELECT key, seal, {self._named()} FROM {{texts}} WHERE key IN ({marks})")
                for name, seal, *own in connection.execute(query, part):
                    values = dict(zip(self._columns, own, strict=True))
                    if isinstance(name, bytes) and foreign.can_be(values) and seal == _seal(name, **values):
                        found[name] = self.record(**values)
        if found:
            with self._database.use(write=True) as connection:
                update = "UPDATE {speaker}s SET hits = hits + ? WHERE identity = ?"
                connection.execute(self._sql(update), (len(found), identity))
        return found

    def put(self, identity: str, said: Sequence[tuple[bytes, T]]) -> None:
        """Keeps texts in one transaction; a later text to the same key takes the place of the earlier."""
        now = time.time()
        values = [(name, asdict(record)) for name, record in said]
        rows = [(name, identity, now, _seal(name, **own), *own.values()) for name, own in values]
        speaker = "(SELECT id FROM {speaker}s WHERE identity = ?)"
        with self._database.use(write=True) as connection:
            connection.execute(self._sql("INSERT OR IGNORE INTO {speaker}s (identity) VALUES (?)"), (identity,))
            insert = (
                f"INSERT OR REPLACE INTO {{texts}} (key, {{speaker}}, made, seal, {self._named()}) "
                f"VALUES (?,{speaker},?,?{',?' * len(self._columns)})"
            )
            connection.executemany(self._sql(insert), rows)

    def stats(self) -> list[CachedOf]:
        """Rows and hits by speaker, in the order of their first texts."""
        joined = "{speaker}s LEFT JOIN {texts} ON {speaker} = id GROUP BY id ORDER BY id"
        with self._database.use() as connection:
            return [
                CachedOf(*row)
                for row in connection.execute(self._sql(f"SELECT identity, count(key), hits FROM {joined}"))
            ]

    def size(self) -> int:
        """Bytes of the whole file on disk."""
        return self._database.size()

    def prune(self, identity: str | None = None, older_than: float | None = None) -> int:
        """Forgets texts: of one speaker and / or made more than so many seconds ago; all of them if neither is said.

        Returns:
            How many were forgotten.
        """
        made_before = time.time() - older_than if older_than is not None else float("inf")
        whose = "{speaker} IN (SELECT id FROM {speaker}s WHERE identity = ?)"
        with self._database.use(write=True) as connection:
            forgotten = connection.execute(
                self._sql(f"DELETE FROM {{texts}} WHERE made < ? AND (? IS NULL OR {whose})"),
                (made_before, identity, identity),
            ).rowcount
            connection.execute(self._sql("DELETE FROM {speaker}s WHERE id NOT IN (SELECT {speaker} FROM {texts})"))
        with self._database.use() as connection:
            connection.execute("VACUUM")
        return forgotten

    def merge(self, shard: Path) -> int:
        """Takes over the texts of another store file that are not kept here yet.

        Returns:
            How many were taken over; none where the other file has no such table.

        Raises:
            PromptfitError: The file is missing, no store, or holds what no store can; nothing is taken then. It is
                only read, whatever it is.
        """
        with self._theirs(shard) as (rows, columns), self._database.use(write=True) as mine:
            told = self._sql(f"INSERT OR IGNORE INTO {{texts}} (key, {{speaker}}, made, seal, {', '.join(columns)}) ")
            whose = self._sql("(SELECT id FROM {speaker}s WHERE identity = ?)")
            named = self._sql("INSERT OR IGNORE INTO {speaker}s (identity) VALUES (?)")
            statement = f"{told} VALUES (?,{whose},?,?{',?' * len(columns)})"
            taken, damaged = 0, 0
            for row in rows:
                if row is None:
                    damaged += 1
                    continue
                mine.execute(named, (row[1],))
                taken += mine.execute(statement, row).rowcount
        if damaged:
            log.warning("%s: %d damaged %s are left", shard, damaged, self.texts)
        return taken

    def check(self, shard: Path) -> None:
        """Reads all that ``merge`` would take.

        Raises:
            PromptfitError: As ``merge`` does.
        """
        with self._theirs(shard) as (rows, _):
            for _ in rows:
                pass

    @contextmanager
    def _theirs(self, shard: Path) -> Iterator[tuple[Iterator[tuple[Any, ...] | None], list[str]]]:
        """The rows of another's file, and what their columns after the seal are; none where it has no such table."""
        if not shard.is_file():
            raise PromptfitError(f"{shard}: not a store to merge: it is missing")
        with foreign.reading(shard, _TABLES, VERSION) as theirs:
            there = {name for (name,) in theirs.execute("SELECT name FROM pragma_table_info(?)", (self.texts,))}
            columns = [one for one in self._columns if one in there]  # an older file has fewer
            if not there:
                yield iter(()), list(self._columns)
                return
            known = theirs.execute(self._sql("SELECT id, identity FROM {speaker}s"))
            speakers = {number: str(who) for number, who in known}
            yield self._rows(theirs, shard, speakers, columns), columns

    def _rows(
        self, theirs: sqlite3.Connection, shard: Path, speakers: Mapping[int, str], columns: Sequence[str]
    ) -> Iterator[tuple[Any, ...] | None]:
        """The rows, None for each that is damaged; what a row was made to say that none can is refused."""
        for name, speaker, made, seal, *own in theirs.execute(
            self._sql(f"SELECT key, {{speaker}}, made, seal, {', '.join(columns)} FROM {{texts}}")
        ):
            values = dict(zip(columns, own, strict=True))
            known = isinstance(name, bytes) and isinstance(made, int | float) and isinstance(seal, int)
            if not known or speaker not in speakers or not foreign.can_be(values):
                raise PromptfitError(
                    f"{shard}: not a store to merge: a row of {self.texts} has what no answer has, like a negative or "
                    "an endless cost; nothing is taken"
                )
            yield (name, speakers[speaker], made, seal, *own) if seal == _seal(name, **values) else None

    def close(self) -> None:
        """Closes the file."""
        self._database.close()

    def _named(self) -> str:
        return ", ".join(self._columns)

    def _sql(self, statement: str) -> str:
        return statement.format(texts=self.texts, speaker=self.speaker)


def _migrate(connection: sqlite3.Connection, version: int) -> None:
    """Brings the tables of an earlier version up to this one; what they hold stays as it is."""
    for table in _FIRST:
        if connection.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (table,)).fetchone():
            for column in (column for since, column in _SINCE.items() if version < since):
                connection.execute(f"ALTER TABLE {table} ADD COLUMN {column} TEXT NOT NULL DEFAULT ''")


def _seal(
    name: bytes,
    text: str,
    tokens_in: int,
    tokens_out: int,
    seconds: float,
    cost: float,
    ended: str = "",
    model: str = "",
) -> int:
    """A checksum, since SQLite itself does not notice a flipped bit inside a text."""
    said = f"{model and model + chr(10)}{ended and ended + ' '}{tokens_in} {tokens_out} {seconds!r} {cost!r} {text}"
    return zlib.crc32(name + said.encode("utf-8", "surrogatepass"))
