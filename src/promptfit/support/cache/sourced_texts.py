"""Texts that came from servers, with what these say of themselves: a run over kept texts asks nobody."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, TypeVar

from promptfit.support.cache.cached_texts import CachedTexts

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

T = TypeVar("T", bound="DataclassInstance")


class SourcedTexts(CachedTexts[T]):
    """``CachedTexts`` beside the addresses that they came from, and what those said of their model."""

    more = """
    CREATE TABLE IF NOT EXISTS served (address TEXT, model TEXT, said TEXT, PRIMARY KEY (address, model));
    CREATE TABLE IF NOT EXISTS heard (identity TEXT, address TEXT, model TEXT, PRIMARY KEY (identity, address, model))
    """

    def served(self, model: str) -> dict[str, str]:
        """What addresses said last of a model's name; of an identity, the model that answered in its model's place."""
        with self._database.use() as connection:
            return dict(connection.execute("SELECT address, said FROM served WHERE model = ?", (model,)))

    def keep_served(self, model: str, said: Mapping[str, str]) -> None:
        """Keeps what addresses say of a model's name, or of an identity."""
        with self._database.use(write=True) as connection:
            rows = [(address, model, one) for address, one in said.items()]
            connection.executemany("INSERT OR REPLACE INTO served VALUES (?,?,?)", rows)

    def heard(self, identity: str) -> set[tuple[str, str]]:
        """Where an identity's answers came from: the address, and what the reply called its model."""
        with self._database.use() as connection:
            return set(connection.execute("SELECT address, model FROM heard WHERE identity = ?", (identity,)))

    def keep_heard(self, identity: str, heard: Iterable[tuple[str, str]]) -> None:
        """Keeps where new answers of an identity came from."""
        with self._database.use(write=True) as connection:
            connection.executemany("INSERT OR IGNORE INTO heard VALUES (?,?,?)", [(identity, *one) for one in heard])
