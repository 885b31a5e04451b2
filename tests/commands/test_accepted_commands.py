"""Several true answers, and images of mistakes, through the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from promptfit.cli import main

PROMPT = "Фамилия. Только значение"


def accept_capitals(project: Path) -> None:
    """The surname in capitals is as true, in every row."""
    path = project / "data/mini/annotation.csv"
    rows = [line.split(";") for line in path.read_text("utf-8-sig").splitlines()]
    for row in rows[1:]:
        if row[6] == "Фамилия":
            listed = json.dumps([row[4], row[4].upper()], ensure_ascii=False).replace('"', '""')
            row[4] = f'"{listed}"'
    path.write_text("".join(f"{';'.join(row)}\n" for row in rows), "utf-8-sig")


def test_the_best_one_counts_alone_and_in_a_record(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def cers(*words: str) -> str:
        assert main(["try", "model=reader", *words]) == 0
        return capsys.readouterr().out

    record = ["Верни JSON", "field=passport *"]
    alone, worst = [PROMPT, "field=passport Фамилия"], "The worst answers"
    assert worst in cers(*alone)
    both = cers(*record).partition(worst)[2]
    assert "passport Фамилия" in both and "passport Имя" in both
    accept_capitals(project)
    assert worst not in cers(*alone)
    both = cers(*record).partition(worst)[2]
    assert "passport Фамилия" not in both and "passport Имя" in both


def test_no_prompt_may_give_any_of_them_away(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = project / "data/mini/annotation.csv"
    path.write_text(path.read_text("utf-8-sig").replace(";Куликов;", ';"[""Куликов"", ""Гуляев""]";'), "utf-8-sig")
    assert main(["try", "model=reader", f"{PROMPT}, как Гуляев", "field=passport Фамилия"]) == 0
    assert "has a true answer in it, 'гуляев'" in " ".join(capsys.readouterr().out.split())


def test_images_for_a_generator_that_sees_none_are_refused(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["search", "model=reader", "generator=edits", "mistake_images=1", "dry_run=true"]) == 1
    assert "generator=edits sees no images" in capsys.readouterr().err
    assert main(["search", "model=reader", "generator=edits", "mistake_images=1.5", "dry_run=true"]) == 1
    assert "a number of images" in capsys.readouterr().err
