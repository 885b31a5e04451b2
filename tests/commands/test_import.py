"""`promptfit import` from the command line: guesses are shown first, and keys of a format are said by themselves."""

from __future__ import annotations

import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from importing import picture
from promptfit.cli import main
from promptfit.data.reader import load


@pytest.fixture
def table(home: Path) -> Path:
    for number in (1, 2):
        picture(home / f"скачано/{number}.png", number)
    text = "Файл;Фамилия;Имя владельца\n1.png;Иванов;Пётр\n2.png;Белова;Анна\n"
    (home / "скачано/паспорта.csv").write_text(text, "utf-8")
    return home / "скачано/паспорта.csv"


def test_guesses_are_shown_with_the_command_that_says_them_and_nothing_is_written(
    home: Path, table: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = sorted(home.rglob("*"))
    assert main(["import", "table", str(table), "licence=наша"]) == 0
    said = capsys.readouterr().out
    assert "Белова" in said, "the first values are shown"
    assert "guessed" in said and "fields=[Фамилия,Имя владельца]" in said and "nothing is written yet" in said
    made = {path.relative_to(home).parts[0] for path in home.rglob("*") if path not in before}
    assert made <= {"outputs", "mlruns", ".promptfit"}, "what every command makes, and nothing else"
    command = shlex.split(said.strip().splitlines()[-1])
    assert main(command[1:]) == 0
    data = load(home / "datasets/паспорта")
    assert [one.answer for one in data.samples] == ["Иванов", "Пётр", "Белова", "Анна"]
    assert "| licence | наша |" in (data.root / "data_card.md").read_text("utf-8")
    assert main(["import", "table", str(table), "dry_run=false"]) == 1
    assert "exists already" in capsys.readouterr().err


def test_what_was_said_is_imported_at_once_and_a_dry_run_shows_it(
    home: Path, table: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = [
        "import",
        "table",
        str(table),
        "image=Файл",
        "fields=[Фамилия]",
        "doc_type=паспорт",
        "splits={train: search}",
    ]
    assert main([*words, "dry_run=true"]) == 0
    assert "nothing is written yet" in capsys.readouterr().out and not (home / "datasets").exists()
    assert main([*words, "name=другие"]) == 0
    said = capsys.readouterr().out
    assert "2 rows, 2 images, 1 fields" in said and "promptfit check" in said
    assert [one.field.name for one in load(home / "datasets/другие").samples] == ["паспорт Фамилия"] * 2


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["import", "tabel", "x.csv"], "did you mean table?"),
        (["import", "table"], "what? Give a data set's folder"),
        (["import", "table", "x.csv", "imag=a"], "imag: there is no such key; did you mean image"),
        (["import", "sroie", "x", "fields=[a]"], "fields: there is no such key"),
        (["import", "table", "x.csv", "left_out=2"], "a share from 0 to 1"),
        (["import", "table", "x.csv", "limit=0"], "a number of documents above 0"),
        (["import", "table", "x.csv", "splits=train"], "write our names of the source's splits"),
        (["import", "table", "x.csv", "into=data/x"], "data/ is for the data sets that come with the project"),
    ],
)
def test_words_that_cannot_be(home: Path, capsys: pytest.CaptureFixture[str], words: list[str], said: str) -> None:
    assert main(words) == 1
    assert said in capsys.readouterr().err


def test_help_of_a_format_shows_its_keys(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["import", "table", "--help"]) == 0
    said = capsys.readouterr().out
    assert "day_numbers: null #" in said and "images: null #" in said and "left_out: 0.05 #" in said
    assert "promptfit import table scans.xlsx" in said and "defaults" not in said
    assert main(["import", "docvqa", "--help"]) == 0
    said = capsys.readouterr().out
    assert "hub: lmms-lab/DocVQA" in said and said.startswith("promptfit import docvqa: DocVQA as")


def test_a_data_set_is_tracked_where_that_is_said(
    home: Path, table: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DVC_NO_ANALYTICS", "1")
    words = ["import", "table", str(table), "image=Файл", "fields=[Фамилия]", "track=true"]
    assert main(words) == 1
    assert "imported, but not tracked" in capsys.readouterr().err and (home / "datasets/паспорта").is_dir()
    shutil.rmtree(home / "datasets")
    subprocess.run(["git", "init", "-q"], cwd=home, check=True)
    subprocess.run(["dvc", "init", "-q"], cwd=home, check=True)
    assert main(words) == 0
    assert (home / "datasets/паспорта.dvc").is_file() and "tracked: " in capsys.readouterr().out


def test_a_card_comes_with_what_is_copied_too(home: Path, table: Path) -> None:
    assert main(["import", "table", str(table), "image=Файл", "fields=[Фамилия]"]) == 0
    (home / "datasets/паспорта/data_card.md").unlink()
    assert main(["import", "vlmhyperbench", "datasets/паспорта", "name=снова", "licence=MIT"]) == 0
    assert "| licence | MIT |" in (home / "datasets/снова/data_card.md").read_text("utf-8")


def test_a_dry_run_says_what_of_the_first_values_would_be_left_out(
    home: Path, table: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with table.open("a", encoding="utf-8") as file:
        file.write("нет.png;Носов;Яков\n")
    assert main(["import", "table", str(table), "dry_run=true"]) == 0
    said = capsys.readouterr().out
    assert "1 left out: its image is not there (row 4" in said and "Пётр" in said


def test_a_format_that_is_read_alone_is_not_exported_to(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["export", "table", "x"]) == 1
    assert "table: data sets are not written in this format; vlmhyperbench is" in capsys.readouterr().err
