"""Whole searches through the command line with a scripted generator behind real HTTP, and a scripted answerer."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

import scripted_server
from present import present
from promptfit.cli import main
from promptfit.data import collection
from reading import asked
from scripted_server import Server

KEY = "sk-planted-0123456789abcdef"
FOLDER = "prompts/reader"


@pytest.fixture(scope="module")
def running() -> Iterator[Server]:
    with scripted_server.running() as server:
        yield server


@pytest.fixture
def server(running: Server, project: Path, monkeypatch: pytest.MonkeyPatch) -> Server:
    """The server, behaving, behind conf/generator/scripted.yaml of the test's project."""
    running.control(faults=0.0, kind="mixed", forget=True)
    configure(project, running)
    monkeypatch.setenv("PLANTED_KEY", KEY)
    return running


def configure(home: Path, server: Server, **changes: object) -> None:
    settings = {
        "defaults": ["_chat", "_self_"],
        "name": "scripted",
        "model": "scripted",
        "base_url": server.url,
        "key_variable": "PLANTED_KEY",
        "start": [],
        "seed": 0,
        "price": {"input": 1.0, "output": 2.0},
        "timeout": 1.0,
        "wait": 0.01,
    }
    path = home / "conf" / "generator" / "scripted.yaml"
    path.write_text(yaml.safe_dump(settings | changes), "utf-8")


def search(*words: str) -> int:
    return main(["search", "model=reader", "generator=scripted", "budget.per_field=30", *words])


def rows(home: Path, label: str = "scripted") -> list[collection.Row]:
    return collection.read(home / FOLDER / f"reader_sep_{label}.csv")


def record(home: Path, label: str = "scripted") -> dict[str, Any]:
    found: dict[str, Any] = json.loads((home / FOLDER / f"reader_sep_{label}.json").read_text("utf-8"))
    return found


SLOW = [pytest.param(strategy, marks=pytest.mark.slow) for strategy in ("textgrad", "gepa")]


@pytest.mark.parametrize("strategy", ["feedback", *SLOW])
def test_every_strategy_searches_and_its_label_says_which(
    strategy: str, server: Server, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert search(f"strategy={strategy}", "seed=3", "budget.per_field=60") == 0, capsys.readouterr().err
    label = "scripted" if strategy == "feedback" else f"scripted+{strategy}"
    cers = {row.field: row.cer for row in rows(project, label)}
    assert sum(map(present, cers.values())) / len(cers) < 1.0, "the data set's own question has 1.63"
    spent = record(project, label)["fields"]
    assert spent.keys() == cers.keys()
    assert sum(one["calls"] for one in spent.values()) == len(server.calls())
    assert all(one["requests"] <= 60 and one["cost"] > 0 for one in spent.values())
    assert any(call["images"] for call in server.calls())


@pytest.mark.slow
def test_again_it_asks_nobody_and_with_a_third_of_calls_failing_it_ends_with_the_same_bytes(
    server: Server, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("field=[passport Имя,СНИЛС]", "strategy.rounds=4")
    assert search(*words) == 0
    path = project / FOLDER / "reader_sep_scripted.csv"
    content, calls, answers = path.read_bytes(), len(server.calls()), asked(project)
    assert search(*words) == 0
    assert (path.read_bytes(), len(server.calls()), asked(project)) == (content, calls, answers)
    assert f"{calls} calls ({calls} kept from before)" in capsys.readouterr().out
    (project / ".promptfit" / "answers.sqlite").rename(project / "aside.sqlite")
    server.control(faults=0.3)
    assert search(*words) == 0
    assert path.read_bytes() == content


@pytest.mark.slow
@pytest.mark.parametrize(("limit", "most"), [("calls=4", 4), ("tokens=12000", 12000), ("money=0.02", 0.02)])
def test_a_budget_ends_the_search_before_it_is_exceeded(limit: str, most: float, server: Server, project: Path) -> None:
    assert search(f"budget.{limit}") == 0
    spent = record(project)["fields"].values()
    figures = {
        "calls": sum(one["calls"] for one in spent),
        "tokens": sum(one["tokens_in"] + one["tokens_out"] for one in spent),
        "money": sum(one["cost"] for one in spent),
    }
    assert 0 < figures[limit.partition("=")[0]] <= most
    assert len(rows(project)) == 3


@pytest.mark.parametrize("kind", ["auth", "model", "credit", "credit-402"])
def test_what_can_not_pass_stops_at_once_and_names_the_config_and_the_variable(
    kind: str, server: Server, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    server.control(kind=kind, faults=1.0)
    assert search("field=СНИЛС") == 1
    error = capsys.readouterr().err
    assert "conf/generator/scripted.yaml" in error and "PLANTED_KEY" in error and KEY not in error
    assert len(server.calls()) == 1


def test_the_key_is_in_nothing_that_is_written_or_said(
    server: Server, project: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert search("field=СНИЛС") == 0
    server.control(kind="500", faults=1.0)
    assert search("field=passport Имя", "generator.attempts=2") == 1
    server.control(kind="auth")
    assert search("field=passport Имя", "generator.attempts=2") == 1
    assert main(["search", "model=reader", "generator=scripted", "show=true"]) == 0
    out = capfd.readouterr()
    assert KEY not in out.out and KEY not in out.err
    written = [path for path in project.rglob("*") if path.is_file()]
    assert len(written) > 20
    assert not [path for path in written if KEY.encode() in path.read_bytes()]


def test_nothing_is_spent_where_something_is_amiss(
    server: Server, project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    faults = {
        "generator.start=[prompts/none.csv]": "prompts/none.csv",
        "generator.price=null generator.model=unheard-of": "price",
        "budget.money=-1": "budget.money",
        "+metaprompt.templates.propose='{nonsense}'": "nonsense",
    }
    for words, named in faults.items():
        assert search(*words.replace("+metaprompt", "metaprompt").split()) == 1, words
        assert named in capsys.readouterr().err
    monkeypatch.delenv("PLANTED_KEY")
    assert search() == 1
    assert "PLANTED_KEY is not set" in capsys.readouterr().err
    assert not server.calls() and asked(project) == 0


def test_a_dry_run_asks_nobody_and_needs_no_key(
    server: Server, project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("PLANTED_KEY")
    assert search("dry_run=true") == 0
    out = capsys.readouterr().out
    assert "calls" in out and "tokens" in out and "money" in out
    assert not server.calls() and asked(project) == 0


def test_private_documents_go_out_where_the_person_says_so(server: Server, project: Path) -> None:
    assert search("dataset.private=true", "allow_private=true", "field=СНИЛС") == 0
    assert server.calls()
