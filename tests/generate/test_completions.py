from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from PIL import Image

from present import present
from promptfit.answer.cached_answerer import AnswerCache
from promptfit.generate.cached_generator import CachedGenerator, CompletionCache, key
from promptfit.generate.generator import Completion, Message
from promptfit.support.cache.cached_texts import CachedOf
from promptfit.types import Answer, PromptfitError
from scripted_generator import Scripted


def _echo(delay: float = 0.0, identity: str = "scripted") -> Scripted:
    return Scripted(lambda text, draw: f"{text.upper()} {draw}", identity, delay)


def _ask(text: str, *images: Path) -> list[Message]:
    return [Message("system", "s"), Message("user", text, images)]


def _raw(path: Path, statement: str) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute(statement)
    connection.close()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / ".promptfit" / "store.db"


def test_a_second_time_nobody_is_asked(path: Path) -> None:
    first, second = (CachedGenerator(_echo(), CompletionCache(path)) for _ in range(2))
    said = [first.complete(_ask("поле"), draw) for draw in range(3)]
    assert said[1] == Completion("ПОЛЕ 1", 7, 3, 0.25, 0.125)
    assert [second.complete(_ask("поле"), draw) for draw in range(3)] == said
    assert (first.asked, first.kept, second.asked, second.kept) == (3, 0, 0, 3)
    assert isinstance(second._generator, Scripted) and second._generator.seen == []
    assert CompletionCache(path).stats() == [CachedOf("scripted", 3, 3)]


def test_it_stands_in_for_its_generator(path: Path) -> None:
    kept, bare = CachedGenerator(_echo(), CompletionCache(path)), _echo()
    for name in ("name", "strategy", "start", "vision", "remote", "concurrency", "identity"):
        assert getattr(kept, name) == getattr(bare, name)
    assert kept.quote(_ask("поле")) == bare.quote(_ask("поле"))
    kept.check()


def test_every_part_of_a_call_makes_another_key(tmp_path: Path) -> None:
    one, two, copy = (tmp_path / name for name in ("1.png", "2.png", "3.png"))
    for image, grey in ((one, 1), (two, 2), (copy, 1)):
        Image.new("L", (8, 8), grey).save(image)
    calls = [
        ("me", _ask("p"), 0),
        ("you", _ask("p"), 0),
        ("me", _ask("p"), 1),
        ("me", _ask("q"), 0),
        ("me", _ask("p", one), 0),
        ("me", _ask("p", two), 0),
        ("me", _ask("p", one, two), 0),
        ("me", _ask("p", two, one), 0),
        ("me", [Message("user", "s"), Message("user", "p")], 0),
        ("me", [Message("system", "s", (one,)), Message("user", "p")], 0),
        ("me", _ask("p")[1:], 0),
        ("me", [Message("system", "su"), Message("ser", "p")], 0),
    ]
    assert len({key(*call) for call in calls}) == len(calls)
    assert key("me", _ask("p", one), 0) == key("me", _ask("p", copy), 0), "an image counts by its bytes"
    before = key("me", _ask("p", copy), 0)
    Image.new("L", (8, 8), 3).save(copy)
    assert key("me", _ask("p", copy), 0) != before


def test_an_image_that_is_gone_is_named(path: Path, tmp_path: Path) -> None:
    with pytest.raises(PromptfitError, match=r"gone\.png: the image for the generator cannot be read"):
        CachedGenerator(_echo(), CompletionCache(path)).complete(_ask("p", tmp_path / "gone.png"))


def test_a_fault_is_not_kept(path: Path) -> None:
    def fail(text: str, draw: int) -> str:
        raise PromptfitError("no credit")

    kept = CachedGenerator(Scripted(fail), CompletionCache(path))
    for _ in range(2):
        with pytest.raises(PromptfitError, match="no credit"):
            kept.complete(_ask("p"))
    assert (kept.asked, kept.kept, CompletionCache(path).stats()) == (0, 0, [])


def test_a_flipped_completion_is_not_trusted_and_asked_again(path: Path) -> None:
    kept = CachedGenerator(_echo(), CompletionCache(path))
    kept.complete(_ask("a"))
    kept.complete(_ask("b"))
    _raw(path, "UPDATE completions SET text = 'X' WHERE text = 'A 0'")
    again = CachedGenerator(_echo(), CompletionCache(path))
    assert [again.complete(_ask(text)).text for text in "ab"] == ["A 0", "B 0"]
    assert (again.asked, again.kept) == (1, 1)


@pytest.mark.parametrize("text", ["a\0b", "\ud800 half", "\r\n \u2028", "", "😀" * 1000])
def test_untrusted_text_is_kept_as_it_was_given(path: Path, text: str) -> None:
    kept = CachedGenerator(Scripted(lambda asked, draw: text), CompletionCache(path))
    first = kept.complete(_ask("a"))
    assert kept.complete(_ask("a")) == first
    assert first.text == text.replace("\ud800", "?")
    assert kept.asked == 1


def test_identical_calls_at_once_are_asked_once_others_run_side_by_side(path: Path) -> None:
    generator = _echo(delay=0.2)
    kept = CachedGenerator(generator, CompletionCache(path))
    before = time.monotonic()
    with ThreadPoolExecutor(8) as pool:
        said = list(pool.map(lambda text: kept.complete(_ask(text)).text, "aaaabbcd"))
    assert said == [f"{text.upper()} 0" for text in "aaaabbcd"]
    assert sorted(generator.seen) == [("a", 0), ("b", 0), ("c", 0), ("d", 0)]
    assert (kept.asked, kept.kept) == (4, 4)
    assert time.monotonic() - before < 0.6, "four calls of 0.2 s each"


_CHILD = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from scripted_generator import Scripted
from promptfit.generate.generator import Message
from promptfit.generate.cached_generator import CompletionCache, CachedGenerator

kept = CachedGenerator(Scripted(lambda text, draw: text, delay=0.001), CompletionCache(Path(sys.argv[1])))
for number in range(int(sys.argv[3]), int(sys.argv[4])):
    kept.complete([Message("user", str(number))])
    print(number, flush=True)
"""


def _child(path: Path, start: int, end: int) -> subprocess.Popen[str]:
    words = [sys.executable, "-c", _CHILD, str(path), str(Path(__file__).parents[1] / "fakes"), str(start), str(end)]
    return subprocess.Popen(words, stdout=subprocess.PIPE, text=True)


def test_two_processes_at_once_lose_nothing_and_a_third_asks_nothing(path: Path) -> None:
    children = [_child(path, 0, 120), _child(path, 80, 200)]
    assert [child.communicate()[0].count("\n") for child in children] == [120, 120]
    generator = Scripted(lambda text, draw: text)
    kept = CachedGenerator(generator, CompletionCache(path))
    assert [kept.complete([Message("user", str(n))]).text for n in range(200)] == [str(n) for n in range(200)]
    assert (generator.seen, kept.kept) == ([], 200)


def test_a_killed_process_loses_at_most_what_was_in_flight(path: Path) -> None:
    child = _child(path, 0, 100_000)
    shown = present(child.stdout)
    seen = [shown.readline() for _ in range(30)]
    child.kill()
    seen += shown.readlines()
    child.wait()
    (kept,) = CompletionCache(path).stats()
    assert kept.rows - len(seen) in (0, 1, 2)  # committed first, then shown; the last line may be cut


def test_answers_and_completions_share_a_file_and_leave_each_other_alone(path: Path) -> None:
    answers, completions = AnswerCache(path), CompletionCache(path)
    CachedGenerator(_echo(identity=json.dumps({"model": "m"})), completions).complete(_ask("a"))
    answers.put("answerer", [(b"k", Answer("A"))])
    assert [one.rows for one in (*answers.stats(), *completions.stats())] == [1, 1]
    assert completions.prune() == 1
    assert (len(answers.get("answerer", [b"k"])), completions.stats()) == (1, [])


def test_merge_takes_over_what_is_new(tmp_path: Path) -> None:
    mine, shard = CompletionCache(tmp_path / "mine.db"), CompletionCache(tmp_path / "shard.db")
    for store, texts in ((mine, "ab"), (shard, "bcd")):
        for text in texts:
            CachedGenerator(_echo(), store).complete(_ask(text))
    assert mine.merge(tmp_path / "shard.db") == 2
    again = CachedGenerator(_echo(), mine)
    assert [again.complete(_ask(text)).text for text in "abcd"] == ["A 0", "B 0", "C 0", "D 0"]
    assert again.asked == 0


def test_a_shard_without_completions_has_none_to_take_over(tmp_path: Path) -> None:
    AnswerCache(tmp_path / "shard.db").put("answerer", [(b"k", Answer("A"))])
    mine = CompletionCache(tmp_path / "mine.db")
    assert mine.merge(tmp_path / "shard.db") == 0
    assert AnswerCache(tmp_path / "mine.db").merge(tmp_path / "shard.db") == 1
