"""A cache that an earlier version made is brought up to this one, and what it holds is found again."""

from __future__ import annotations

import sqlite3
import zlib
from pathlib import Path

import pytest

from parted import answered
from promptfit.answer.cached_answerer import AnswerCache, CachedAnswerer, key
from promptfit.support.cache.cached_texts import VERSION
from promptfit.support.cache.database import APPLICATION
from promptfit.types import Answer, PromptfitError, Request

FIRST = """
CREATE TABLE answerers (id INTEGER PRIMARY KEY, identity TEXT UNIQUE NOT NULL, hits INTEGER DEFAULT 0);
CREATE TABLE answers (
    key BLOB PRIMARY KEY, answerer INTEGER NOT NULL REFERENCES answerers, made REAL NOT NULL, seal INTEGER NOT NULL,
    text TEXT NOT NULL, tokens_in INTEGER, tokens_out INTEGER, seconds REAL, cost REAL);
"""
SECOND = "ALTER TABLE answers ADD COLUMN ended TEXT NOT NULL DEFAULT ''; PRAGMA user_version=2"
ASKED = Request(Path("a.png"), "d1", "Имя")


def first_version(path: Path, then: str = "PRAGMA user_version=1") -> None:
    """A file as version 1 wrote it, with one answer; or as a later one that changed it so."""
    name = key("me", ASKED)
    seal = zlib.crc32(name + "7 3 0.25 0.5 Анна".encode())
    connection = sqlite3.connect(path)
    connection.executescript(FIRST)
    connection.execute(f"PRAGMA application_id={APPLICATION}")
    connection.execute("INSERT INTO answerers (identity) VALUES ('me')")
    connection.execute("INSERT INTO answers VALUES (?, 1, 0.0, ?, 'Анна', 7, 3, 0.25, 0.5)", (name, seal))
    connection.executescript(then)
    connection.commit()
    connection.close()


def version(path: Path) -> int:
    connection = sqlite3.connect(path)
    (found,) = connection.execute("PRAGMA user_version").fetchone()
    connection.close()
    return int(found)


class Silent:
    """A scripted answerer that must not be asked."""

    remote = False
    identity = "me"

    def answer(self, requests: object) -> None:
        raise AssertionError("it is asked again")


@pytest.mark.parametrize("then", ["PRAGMA user_version=1", SECOND])
def test_what_an_earlier_version_kept_is_found(then: str, tmp_path: Path) -> None:
    path = tmp_path / "answers.sqlite"
    first_version(path, then)
    for _ in range(2):
        cache = AnswerCache(path)
        assert cache.get("me", [key("me", ASKED)]) == {key("me", ASKED): Answer("Анна", 7, 3, 0.25, 0.5)}
        cache.put("me", [(b"new", Answer("Иван", ended="length", model="gpt-4o-2024-08-06"))])
        assert cache.get("me", [b"new"])[b"new"] == Answer("Иван", ended="length", model="gpt-4o-2024-08-06")
        cache.close()
        assert version(path) == VERSION
    said = answered(CachedAnswerer(Silent(), AnswerCache(path)).answer([ASKED]))  # type: ignore[arg-type]
    assert said[0].text == "Анна"


def test_an_earlier_file_is_merged_and_left_as_it_is(tmp_path: Path) -> None:
    first_version(tmp_path / "old.sqlite")
    cache = AnswerCache(tmp_path / "answers.sqlite")
    assert cache.merge(tmp_path / "old.sqlite") == 1
    assert cache.get("me", [key("me", ASKED)])[key("me", ASKED)].text == "Анна"
    assert version(tmp_path / "old.sqlite") == 1


def test_a_later_version_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "answers.sqlite"
    AnswerCache(path).close()
    connection = sqlite3.connect(path)
    connection.execute(f"PRAGMA user_version={VERSION + 1}")
    connection.close()
    with pytest.raises(PromptfitError, match="a newer promptfit made this store"):
        AnswerCache(path)
