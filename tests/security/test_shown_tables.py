"""No cell of a CSV file that a person opens runs in a spreadsheet, however it splits the file; ours comes back."""

from __future__ import annotations

import csv
import io
import logging
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostile_texts import FORMULAS
from promptfit.cli import main
from promptfit.data import collection
from promptfit.data.annotation import write_annotation
from promptfit.data.collection import Row
from promptfit.data.reader import load
from promptfit.score.cer import count
from promptfit.score.normalize import Chain
from promptfit.select import vlmhyperbench
from promptfit.support.files.formulas import guard, unguard
from promptfit.support.files.table import read_table
from promptfit.support.files.writing import write_table
from promptfit.types import Answer, Reading, Scored

CELLS = st.text() | st.text("=+-@＝＋－＠'\"\t\r\n,;\0 a1.", max_size=12) | st.sampled_from(list(FORMULAS.values()))
NUMBER = re.compile(r"-\d+\.\d+")


def runs(cell: str) -> bool:
    """Whether a spreadsheet takes a cell for a formula: it leaves out quotes and what nobody sees before it."""
    return bool(re.match('[\\s\x00-\x1f\ufeff"]*[=+@＝＋－＠-]', cell)) and not NUMBER.fullmatch(cell)


def split(text: str) -> list[str]:
    """The cells of a file as spreadsheets of all settings find them: with each delimiter, with quotes and without."""
    cells = [re.split(r"[,;\t\r\n]", text), re.split(r"[;\r\n]", text), re.split(r"[,\r\n]", text)]
    for delimiter in ",;\t":
        cells += csv.reader(io.StringIO(text.replace("\0", ""), newline=""), delimiter=delimiter)
    return [cell for row in cells for cell in row]


@given(CELLS)
def test_every_text_comes_back(cell: str) -> None:
    assert unguard(guard(cell)) == cell


@given(CELLS)
def test_a_guarded_cell_is_none(cell: str) -> None:
    assert not [one for one in re.split(r"[,;\t\r\n]", guard(cell)) if re.match('"*[=+@＝＋－＠-]', one)] or (
        NUMBER.fullmatch(guard(cell))
    )


@pytest.mark.parametrize("cell", FORMULAS.values(), ids=FORMULAS.keys())
def test_no_cell_of_a_written_table_runs(cell: str, tmp_path: Path) -> None:
    file = tmp_path / "table.csv"
    write_table(file, ["name", "text", cell], [["a", cell, "1"], [cell, "b", "-0.5"]])
    text = file.read_bytes().decode("utf-8-sig")
    assert not [one for one in split(text) if runs(one)], text


@pytest.mark.parametrize("cell", ["-0.012300", "-3.14", "Куликов", "a, b; c", "it's", "x = y", "а-б", ""])
def test_what_runs_nowhere_stays_as_it_is(cell: str) -> None:
    assert guard(cell) == cell


@pytest.mark.parametrize("cell", FORMULAS.values(), ids=FORMULAS.keys())
def test_a_collection_is_inert_and_comes_back(cell: str, tmp_path: Path) -> None:
    rows = [Row("СНИЛС", f"{cell}")]
    collection.write(tmp_path / "c.csv", rows)
    assert collection.read(tmp_path / "c.csv") == rows
    assert not [one for one in split((tmp_path / "c.csv").read_bytes().decode("utf-8-sig")) if runs(one)]


def test_raw_formats_say_what_would_run(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    rows = [Row("СНИЛС", "Только цифры"), Row("Имя", "=Имя"), Row("ИНН", "a,=1")]
    collection.write_vlmhyperbench(tmp_path / "c.csv", rows)
    assert collection.read(tmp_path / "c.csv") == rows
    assert len(caplog.messages) == 1
    assert "2 cell(s) are formulas to a spreadsheet" in caplog.text and "first in row 3" in caplog.text
    caplog.clear()
    collection.write_vlmhyperbench(tmp_path / "d.csv", rows[:1])
    assert not caplog.messages


def export(path: str) -> int:
    """The command's own log handler writes to what is captured, and is gone then."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(logging.getLogger(), "handlers", [])
        return main(["export", "vlmhyperbench", path])


def test_export_says_so_and_ours_is_guarded(project: Path, capfd: pytest.CaptureFixture[str]) -> None:
    collection.write(project / "mine.csv", [Row("СНИЛС", "=HYPERLINK(1)")])
    assert export("mine.csv") == 0
    told = capfd.readouterr().err
    assert "1 cell(s) are formulas to a spreadsheet" in told and "do not open it in a spreadsheet" in told
    assert collection.read(project / "exports/mine.csv") == [Row("СНИЛС", "=HYPERLINK(1)")]
    assert main(["import", "vlmhyperbench", "exports/mine.csv", "name=back"]) == 0
    assert ";'=HYPERLINK(1);" in (project / "prompts/imported/back.csv").read_text("utf-8-sig")


def test_a_data_set_with_formulas_is_exported_with_a_word(project: Path, capfd: pytest.CaptureFixture[str]) -> None:
    annotation = project / "data/mini/annotation.csv"
    annotation.write_text(annotation.read_text("utf-8-sig").replace("Куликов", "=1+1"), "utf-8")
    assert export("data/mini") == 0
    assert "are formulas to a spreadsheet" in capfd.readouterr().err
    assert ";=1+1;" in (project / "exports/mini/annotation.csv").read_text("utf-8-sig"), (
        "their reader takes it as it is"
    )


def test_vlmhyperbench_tables_are_guarded_but_for_its_own_input(
    project: Path, caplog: pytest.LogCaptureFixture
) -> None:
    data = load(project / "data/mini")
    value = "=cmd|' /C calc'!A0"
    counts = count([sample.answer for sample in data.samples], [value] * len(data.samples), Chain())
    said = [Scored(one, Answer(value), Reading(value), own) for one, own in zip(data.samples, counts, strict=True)]
    files = vlmhyperbench.write(project / "out", data, said)
    for file in files:
        cells = split(file.read_bytes().decode("utf-8-sig"))
        assert bool([one for one in cells if runs(one)]) == (file.name == "answers.csv"), file.name
    assert "answers.csv: 18 cell(s)" in caplog.text and len(caplog.messages) == 1
    table = read_table(files[1], [("id", "model_answer")])
    assert {unguard(row.cells["model_answer"]) for row in table.rows} == {"=cmd|' /C calc'!A0"}


def test_an_annotation_is_raw(project: Path, tmp_path: Path) -> None:
    data = load(project / "data/mini")
    before = (project / "data/mini/annotation.csv").read_bytes()
    write_annotation(project / "data/mini", data.samples)
    assert (project / "data/mini/annotation.csv").read_bytes() == before
