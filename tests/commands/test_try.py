"""The mini-benchmark through the command line, with a scripted answerer."""

from __future__ import annotations

from pathlib import Path

import pytest

from promptfit.cli import main
from promptfit.data import collection
from promptfit.data.collection import Row
from reading import asked

GOOD = "Фамилия, только значение, с заглавной буквы"


def attempt(home: Path, *words: str) -> int:
    return main(["try", "model=reader", *words])


def test_a_prompt_is_measured_on_the_search_split_alone(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert attempt(project, "Напиши Фамилия: {имя} = 'что', \"где\"?", "field=passport Фамилия") == 0
    out = capsys.readouterr().out
    assert asked(project) == 3
    assert "Напиши Фамилия: {имя} = 'что', \"где\"?" in out
    assert "Фамилия: КУЛИКОВ" in out, "the worst answers are shown"


def test_save_measures_the_holdout_once_and_merges(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = project / "prompts/reader/reader_sep_мой-ярлык.csv"
    collection.write(path, [Row("СНИЛС", "старое", 0.5)])
    assert attempt(project, GOOD, "field=passport Фамилия", "save=мой-ярлык") == 0
    assert asked(project) == 6
    assert collection.read(path) == [Row("СНИЛС", "старое", 0.5), Row("passport Фамилия", GOOD, 0.0)]
    assert attempt(project, GOOD, "field=passport Фамилия", "save=мой-ярлык") == 0
    assert asked(project) == 6


def test_a_collection_is_measured_row_by_row(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    collection.write(project / "mine.csv", [Row("СНИЛС", "СНИЛС"), Row("passport Фамилия", GOOD)])
    assert attempt(project, "collection=mine.csv") == 0
    out = capsys.readouterr().out
    assert "mean" in out
    assert asked(project) == 6


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "either a prompt"),
        (["Напиши"], "which field"),
        (["", "field=СНИЛС"], "empty"),
        (["Напиши", "field=Фамилия"], "no field"),
        (["Напиши", "имя", "field=СНИЛС"], "in quotes"),
        (["collection=nothing.csv"], "nothing.csv"),
    ],
)
def test_faults(project: Path, capsys: pytest.CaptureFixture[str], words: list[str], said: str) -> None:
    assert attempt(project, *words) == 1
    assert said in capsys.readouterr().err
    assert asked(project) == 0
