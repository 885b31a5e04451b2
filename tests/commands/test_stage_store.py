"""What is kept, shown, pruned and merged through the command line."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from promptfit.answer.cached_answerer import AnswerCache
from promptfit.cli import main
from promptfit.generate.cached_generator import CompletionCache
from promptfit.generate.generator import Completion
from promptfit.types import Answer

ANSWERER, NOBODY = '{"checkpoint":"scripted"}', "{}"


def _fill(path: Path, texts: str) -> None:
    AnswerCache(path).put(ANSWERER, [(text.encode(), Answer(text)) for text in texts])
    for identity in (json.dumps({"model": "gpt-4o"}), NOBODY):
        CompletionCache(path).put(identity, [(f"{identity} {text}".encode(), Completion(text)) for text in texts])


def _rows(home: Path) -> list[int]:
    path = home / ".promptfit" / "answers.sqlite"
    return [sum(kept.rows for kept in store.stats()) for store in (AnswerCache(path), CompletionCache(path))]


@pytest.fixture
def filled(project: Path) -> Path:
    _fill(project / ".promptfit" / "answers.sqlite", "abc")
    return project


def test_it_shows_answers_and_completions(filled: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["store"]) == 0
    out = capsys.readouterr().out
    assert "answers.sqlite: 0." in out
    assert all(word in out for word in ("answerer", "scripted", "generator", "gpt-4o", "completions", "hits"))


@pytest.mark.parametrize(
    ("words", "left"),
    [
        (["model=reader"], [0, 6]),
        (["what=completions"], [3, 3]),
        (["what=completions", "all=true"], [3, 0]),
        (["all=true"], [0, 6]),
        (["all=true", "older_than_days=1"], [3, 6]),
        (["what=all"], None),
    ],
)
def test_prune_forgets_what_is_named_and_no_more(filled: Path, words: list[str], left: list[int] | None) -> None:
    assert main(["store", "prune", *words]) == (0 if left else 1)
    assert _rows(filled) == (left or [3, 6])


def test_merge_takes_over_both(filled: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _fill(filled / "shard.sqlite", "cd")
    assert main(["store", "merge", "shard.sqlite"]) == 0
    assert "took over 1 answers" in capsys.readouterr().out
    assert _rows(filled) == [4, 8]


def test_of_a_file_whose_completions_are_refused_no_answers_are_taken(filled: Path) -> None:
    _fill(filled / "shard.sqlite", "cd")
    with closing(sqlite3.connect(filled / "shard.sqlite")) as shard, shard:
        shard.execute("UPDATE completions SET cost = -1")
    assert main(["store", "merge", "shard.sqlite"]) == 1
    assert _rows(filled) == [3, 6]


def test_faults(filled: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["store", "merge"]) == main(["store", "merge", "none.sqlite"]) == main(["store", "shwo"]) == 1
    err = capsys.readouterr().err
    assert all(word in err for word in ("merge what?", "none.sqlite: not a store to merge", "unknown action 'shwo'"))
