"""What answerers said, kept so that no answer is ever paid for twice."""

from __future__ import annotations

import time
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass
from hashlib import sha256
from pathlib import Path

from promptfit.answer.base import Answerer, Unanswered
from promptfit.answer.database import Database, distrust
from promptfit.types import Answer, PromptfitError, Request

_SCHEMA = """
CREATE TABLE IF NOT EXISTS answerers (id INTEGER PRIMARY KEY, identity TEXT UNIQUE NOT NULL, hits INTEGER DEFAULT 0);
CREATE TABLE IF NOT EXISTS answers (
    key BLOB PRIMARY KEY, answerer INTEGER NOT NULL REFERENCES answerers, made REAL NOT NULL, seal INTEGER NOT NULL,
    text TEXT NOT NULL, tokens_in INTEGER, tokens_out INTEGER, seconds REAL, cost REAL);
"""
_COLUMNS = "text, tokens_in, tokens_out, seconds, cost"  # as in Answer
_AT_A_TIME = 500


def key(identity: str, request: Request) -> bytes:
    """sha256 over everything that an answer depends on, each part preceded by its length."""
    total = sha256()
    for part in (identity, request.image_digest, request.augmentation, request.prompt, request.system):
        data = part.encode("utf-8", "surrogatepass")
        total.update(len(data).to_bytes(8, "big") + data)
    return total.digest()


@dataclass(frozen=True)
class Kept:
    """What a store holds of one answerer."""

    identity: str
    rows: int
    hits: int


class AnswerStore:
    """Answers in one SQLite file that the processes of a host share.

    Args:
        path: The file. A damaged or foreign one is set aside with a warning, and a new one begins.

    Raises:
        PromptfitError: From every method, where the disk is full, the file is locked, or the like.
    """

    def __init__(self, path: Path) -> None:
        self._database = Database(path, _SCHEMA)

    def get(self, identity: str, keys: Sequence[bytes]) -> dict[bytes, Answer]:
        """Looks up many keys; those that are kept and intact come back, and count as the answerer's hits."""
        found: dict[bytes, Answer] = {}
        with self._database.use() as connection:
            for start in range(0, len(keys), _AT_A_TIME):
                part = keys[start : start + _AT_A_TIME]
                marks = ",".join("?" * len(part))
                query = f"SELECT key, seal, {_COLUMNS} FROM answers WHERE key IN ({marks})"
                for name, seal, *values in connection.execute(query, part):
                    answer = Answer(*values)
                    if seal == _seal(name, answer):
                        found[name] = answer
        if found:
            with self._database.use(write=True) as connection:
                hits = (len(found), identity)
                connection.execute("UPDATE answerers SET hits = hits + ? WHERE identity = ?", hits)
        return found

    def put(self, identity: str, answers: Sequence[tuple[bytes, Answer]]) -> None:
        """Keeps answers in one transaction; a later answer to the same key takes the place of the earlier."""
        now = time.time()
        rows = [(name, identity, now, _seal(name, answer), *astuple(answer)) for name, answer in answers]
        with self._database.use(write=True) as connection:
            connection.execute("INSERT OR IGNORE INTO answerers (identity) VALUES (?)", (identity,))
            connection.executemany(
                "INSERT OR REPLACE INTO answers VALUES (?,(SELECT id FROM answerers WHERE identity = ?),?,?,?,?,?,?,?)",
                rows,
            )

    def stats(self) -> list[Kept]:
        """Rows and hits by answerer, in the order of their first answers."""
        joined = "answerers LEFT JOIN answers ON answerer = id GROUP BY id ORDER BY id"
        query = f"SELECT identity, count(key), hits FROM {joined}"
        with self._database.use() as connection:
            return [Kept(*row) for row in connection.execute(query)]

    def size(self) -> int:
        """Bytes on disk."""
        return self._database.size()

    def prune(self, identity: str | None = None, older_than: float | None = None) -> int:
        """Forgets answers: of one answerer and / or made more than so many seconds ago; all of them if neither is said.

        Returns:
            How many were forgotten.
        """
        made_before = time.time() - older_than if older_than is not None else float("inf")
        with self._database.use(write=True) as connection:
            forgotten = connection.execute(
                "DELETE FROM answers WHERE made < ? AND (? IS NULL OR answerer IN "
                "(SELECT id FROM answerers WHERE identity = ?))",
                (made_before, identity, identity),
            ).rowcount
            connection.execute("DELETE FROM answerers WHERE id NOT IN (SELECT answerer FROM answers)")
        with self._database.use() as connection:
            connection.execute("VACUUM")
        return forgotten

    def merge(self, shard: Path) -> int:
        """Takes over the answers of another store file that are not kept here yet.

        Returns:
            How many were taken over.

        Raises:
            PromptfitError: The file is missing or no store; it is left as it is.
        """
        why = distrust(shard) if shard.is_file() else "it is missing"
        if why:
            raise PromptfitError(f"{shard}: not a store to merge: {why}")
        with self._database.use() as connection:
            connection.execute("ATTACH ? AS shard", (str(shard),))
        try:
            with self._database.use(write=True) as connection:
                connection.execute("INSERT OR IGNORE INTO answerers (identity) SELECT identity FROM shard.answerers")
                return connection.execute(
                    f"INSERT OR IGNORE INTO answers SELECT key, mine.id, made, seal, {_COLUMNS} "
                    "FROM shard.answers JOIN shard.answerers AS theirs ON theirs.id = answerer "
                    "JOIN main.answerers AS mine ON mine.identity = theirs.identity"
                ).rowcount
        finally:
            with self._database.use() as connection:
                connection.execute("DETACH shard")

    def close(self) -> None:
        """Closes the file."""
        self._database.close()


class KeptAnswerer:
    """An answerer that looks into a store first and keeps what it has to ask.

    Attributes:
        kept: Answers that cost nothing: they were in the store, or asked by the same call for another request.
        asked: Answers that the answerer gave.
    """

    def __init__(self, answerer: Answerer, store: AnswerStore) -> None:
        self._answerer, self._store = answerer, store
        self.kept = self.asked = 0

    @property
    def identity(self) -> str:
        """The answerer's own."""
        return self._answerer.identity

    def answer(self, requests: Sequence[Request]) -> Iterator[tuple[int, Answer]]:
        """See ``Answerer.answer``; every new answer is committed before it is yielded."""
        places: dict[bytes, list[int]] = {}
        for index, request in enumerate(requests):
            places.setdefault(key(self.identity, request), []).append(index)
        known = self._store.get(self.identity, list(places))
        for name, answer in known.items():
            self.kept += len(places[name])
            yield from ((index, answer) for index in places[name])
        missing = [(name, indices) for name, indices in places.items() if name not in known]
        if missing:
            yield from self._ask(missing, requests)

    def _ask(
        self, missing: Sequence[tuple[bytes, list[int]]], requests: Sequence[Request]
    ) -> Iterator[tuple[int, Answer]]:
        try:
            for number, answer in self._answerer.answer([requests[indices[0]] for _, indices in missing]):
                name, indices = missing[number]
                self._store.put(self.identity, [(name, answer)])
                self.asked += 1
                self.kept += len(indices) - 1
                yield from ((index, answer) for index in indices)
        except Unanswered as error:
            failures = {index: why for number, why in error.failures.items() for index in missing[number][1]}
            raise Unanswered(failures, requests) from error


def _seal(name: bytes, answer: Answer) -> int:
    """A checksum, since SQLite itself does not notice a flipped bit inside a text."""
    said = f"{answer.tokens_in} {answer.tokens_out} {answer.seconds!r} {answer.cost!r} {answer.text}"
    return zlib.crc32(name + said.encode("utf-8", "surrogatepass"))
