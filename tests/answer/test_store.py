from __future__ import annotations

import logging
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from parted import answered, parted
from present import present
from promptfit.answer.cached_answerer import AnswerCache, CachedAnswerer, key
from promptfit.support.cache.cached_texts import CachedOf
from promptfit.types import Answer, PromptfitError, Request

if TYPE_CHECKING:
    from tests.answer.conftest import Scripted


def _raw(path: Path, statement: str) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute(statement)
    connection.close()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / ".promptfit" / "store.db"


def test_a_second_time_nobody_is_asked(path: Path, scripted: type[Scripted], ask: Callable[..., Request]) -> None:
    requests = [ask(f"поле {number}") for number in range(1200)]
    model = scripted()
    first, second = (CachedAnswerer(one, AnswerCache(path)) for one in (scripted(), model))
    answers = dict(first.answer(requests))
    assert answers[7] == Answer("ПОЛЕ 7", 7, 3, 0.25, 0.5)
    assert dict(second.answer(requests)) == answers
    assert (first.asked, first.kept, second.asked, second.kept) == (1200, 0, 0, 1200)
    assert model.seen == []


def test_duplicates_of_one_call_are_asked_once(
    path: Path, scripted: type[Scripted], ask: Callable[..., Request]
) -> None:
    model = scripted()
    kept = CachedAnswerer(model, AnswerCache(path))
    answers = answered(kept.answer([ask("a"), ask("b"), ask("a"), ask("a")]))
    assert [answers[index].text for index in range(4)] == ["A", "B", "A", "A"]
    assert (len(model.seen), kept.asked, kept.kept) == (2, 2, 2)


@dataclass(frozen=True)
class Blur:
    """An alteration that is named, and never done."""

    name: str = "blur@1/2/3"

    def __call__(self, image: Image.Image) -> Image.Image:
        return image


def test_every_part_of_a_request_makes_another_key(ask: Callable[..., Request]) -> None:
    base = ask("p")
    others = [ask("q"), ask("p", "d2"), ask("p", system="s"), ask("p", alteration=Blur()), ask("p", draw=1)]
    keys = {key("me", base), key("you", base), *(key("me", other) for other in others)}
    assert len(keys) == 7
    assert key("me", base) == key("me", ask("p"))
    assert key("a", ask("bc")) != key("ab", ask("c"))


def test_failures_are_named_by_the_callers_indices_and_not_kept(
    path: Path, scripted: type[Scripted], ask: Callable[..., Request]
) -> None:
    kept = CachedAnswerer(scripted(), AnswerCache(path))
    list(kept.answer([ask("known")]))
    got, reasons = parted(kept.answer([ask("known"), ask("fail"), ask("new"), ask("fail")]))
    assert sorted(got) == [0, 2]
    assert reasons == {1: "scripted failure", 3: "scripted failure"}
    assert sum(one.rows for one in AnswerCache(path).stats()) == 2


def test_many_requests_are_handed_over_some_at_a_time_and_faults_keep_their_places(
    path: Path, scripted: type[Scripted], ask: Callable[..., Request], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("promptfit.answer.cached_answerer.AT_A_TIME", 4)
    model = scripted()
    kept = CachedAnswerer(model, AnswerCache(path))
    words = ["a", "b", "fail 1", "b", "c", "a", "d", "fail 2", "e", "fail 1"]
    got, reasons = parted(kept.answer([ask(word) for word in words]))
    assert got == {n: Answer(word.upper(), 7, 3, 0.25, 0.5) for n, word in enumerate(words) if "fail" not in word}
    assert sorted(reasons) == [2, 7, 9]
    assert (kept.asked, kept.kept) == (5, 2)


def test_what_arrived_before_a_crash_stays(path: Path, scripted: type[Scripted], ask: Callable[..., Request]) -> None:
    stream = CachedAnswerer(scripted(), AnswerCache(path)).answer([ask(str(number)) for number in range(10)])
    for _ in range(4):
        next(stream)
    assert isinstance(stream, Generator)
    stream.close()
    assert AnswerCache(path).stats()[0].rows == 4


_CHILD = """
import itertools, sys, time
from pathlib import Path
from promptfit.answer.cached_answerer import AnswerCache, CachedAnswerer
from promptfit.types import Answer, Request

class Endless:  # a scripted stand-in
    identity, remote = "endless", False
    def answer(self, requests):
        for index, request in enumerate(requests):
            time.sleep(0.001)
            yield index, Answer(request.prompt)

requests = [Request(Path("x"), "d", str(number)) for number in range(100_000)]
for index, answer in CachedAnswerer(Endless(), AnswerCache(Path(sys.argv[1]))).answer(requests):
    print(index, flush=True)
"""


def test_a_killed_process_loses_at_most_what_was_in_flight(path: Path) -> None:
    child = subprocess.Popen([sys.executable, "-c", _CHILD, str(path)], stdout=subprocess.PIPE, text=True)
    shown = present(child.stdout)
    seen = [shown.readline() for _ in range(50)]
    child.kill()
    seen += shown.readlines()
    child.wait()
    (kept,) = AnswerCache(path).stats()
    assert len(seen) >= 50
    assert kept.rows - len(seen) in (0, 1, 2)  # committed first, then shown; the last line may be cut


def test_parallel_writers_lose_nothing(path: Path, scripted: type[Scripted], ask: Callable[..., Request]) -> None:
    def work(job: int) -> None:
        kept = CachedAnswerer(scripted(), AnswerCache(path))
        assert len(dict(kept.answer([ask(f"{number + 20 * job}") for number in range(60)]))) == 60

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(work, range(6)))
    assert AnswerCache(path).stats()[0].rows == 160


@pytest.mark.parametrize("content", [b"no SQLite at all, and long enough to be one" * 100, b"SQLite format 3\x00" * 90])
def test_a_broken_file_is_set_aside(
    path: Path, scripted: type[Scripted], ask: Callable[..., Request], content: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    with caplog.at_level(logging.WARNING):
        kept = CachedAnswerer(scripted(), AnswerCache(path))
    assert "set aside as store.db.aside-1" in caplog.text
    assert Path(f"{path}.aside-1").read_bytes() == content
    assert len(list(kept.answer([ask("a")]))) == 1


def test_a_damaged_page_is_noticed(
    path: Path, scripted: type[Scripted], ask: Callable[..., Request], caplog: pytest.LogCaptureFixture
) -> None:
    store = AnswerCache(path)
    list(CachedAnswerer(scripted(), store).answer([ask(str(number)) for number in range(500)]))
    store.close()
    data = bytearray(path.read_bytes())
    data[4096:8192] = b"\xff" * 4096
    path.write_bytes(data)
    assert AnswerCache(path).stats() == []
    assert "damaged" in caplog.text


def test_another_programs_file_is_set_aside_whole(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path.parent.mkdir()
    _raw(path, "CREATE TABLE theirs (x)")
    AnswerCache(path)
    assert "another program's file" in caplog.text
    _raw(Path(f"{path}.aside-1"), "INSERT INTO theirs VALUES (1)")


def test_a_flipped_answer_is_not_trusted_and_asked_again(
    path: Path, scripted: type[Scripted], ask: Callable[..., Request]
) -> None:
    store = AnswerCache(path)
    list(CachedAnswerer(scripted(), store).answer([ask("a"), ask("b")]))
    _raw(path, "UPDATE answers SET text = 'X' WHERE text = 'A'")
    again = CachedAnswerer(scripted(), store)
    assert {index: answer.text for index, answer in answered(again.answer([ask("a"), ask("b")])).items()} == {
        0: "A",
        1: "B",
    }
    assert (again.asked, again.kept) == (1, 1)
    assert len(store.get("scripted", [key("scripted", ask("a"))])) == 1


def test_a_store_of_a_newer_version_is_left_alone(path: Path) -> None:
    AnswerCache(path).close()
    _raw(path, "PRAGMA user_version = 99")
    with pytest.raises(PromptfitError, match="newer promptfit"):
        AnswerCache(path)
    assert path.exists()


def test_a_full_disk_is_named_and_what_was_kept_stays(
    path: Path, scripted: type[Scripted], ask: Callable[..., Request]
) -> None:
    store = AnswerCache(path)
    kept = CachedAnswerer(scripted(), store)
    list(kept.answer([ask("a")]))
    with store._database.use() as connection:
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(PromptfitError, match="disk is full; free some space"):
        list(kept.answer([ask("длинный " * 2000)]))
    assert len(list(kept.answer([ask("a")]))) == 1
    assert AnswerCache(path).stats()[0].rows == 1


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(PromptfitError, match=r"store\.db: the store cannot be opened"):
        AnswerCache(tmp_path / "file" / "store.db")


def test_stats_prune_and_size(path: Path, scripted: type[Scripted], ask: Callable[..., Request]) -> None:
    store = AnswerCache(path)
    for identity, number in (("one", 3), ("two", 2), ("one", 3)):
        list(CachedAnswerer(scripted(identity), store).answer([ask(str(n)) for n in range(number)]))
    assert store.stats() == [CachedOf("one", 3, 3), CachedOf("two", 2, 0)]
    assert store.size() > 4096
    assert store.prune(older_than=3600) == 0
    assert store.prune(identity="one") == 3
    assert store.stats() == [CachedOf("two", 2, 0)]
    time.sleep(0.01)
    assert store.prune(older_than=0) == 2
    assert list(CachedAnswerer(scripted("one"), store).answer([ask("0")]))


def test_merge_takes_over_what_is_new(tmp_path: Path, scripted: type[Scripted], ask: Callable[..., Request]) -> None:
    mine, shard = AnswerCache(tmp_path / "mine.db"), AnswerCache(tmp_path / "shard.db")
    list(CachedAnswerer(scripted("one"), mine).answer([ask("a"), ask("b")]))
    list(CachedAnswerer(scripted("two"), shard).answer([ask("a")]))
    list(CachedAnswerer(scripted("one"), shard).answer([ask("b"), ask("c")]))
    assert mine.merge(tmp_path / "shard.db") == 2
    assert mine.merge(tmp_path / "shard.db") == 0
    again = CachedAnswerer(scripted("one"), mine)
    assert len(list(again.answer([ask("a"), ask("b"), ask("c")]))) == 3
    assert again.asked == 0


@pytest.mark.parametrize("content", [None, b"not a store" * 500])
def test_merging_what_is_no_store_is_refused(tmp_path: Path, content: bytes | None) -> None:
    shard = tmp_path / "shard.db"
    if content:
        shard.write_bytes(content)
    with pytest.raises(PromptfitError, match=r"shard\.db: not a store to merge"):
        AnswerCache(tmp_path / "mine.db").merge(shard)
    assert shard.exists() == bool(content)
