"""`promptfit check` from the command line: its page, its table, and rows that are struck out."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from importing import picture
from promptfit.cli import main
from promptfit.data.reader import load
from promptfit.report.check_page import WORDS

HOSTILE = "<script>alert(1)</script> =1+2"


@pytest.fixture
def data(home: Path) -> Path:
    root = home / "datasets/чеки"
    for number in (1, 2, 3):
        picture(root / f"images/{number}.png", number * 5)
    rows = [("1.png", "12 /10 /98"), ("2.png", HOSTILE), ("3.png", "5"), ("../secret.png", "x")]
    lines = [f"{number};;images/{name};q;{answer};чек;Дата;" for number, (name, answer) in enumerate(rows, start=1)]
    columns = "data_index;split;image_path;question;answer;doc_class;question_type;answer_bbox"
    (root / "annotation.csv").write_text("\n".join([columns, *lines]) + "\n", "utf-8")
    return root


def test_a_page_and_a_table(home: Path, data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    picture(home / "datasets/secret.png", 999)
    assert main(["check", "datasets/чеки", "ocr=false", "language=en"]) == 0
    said = capsys.readouterr().out
    assert "12 /10 /98" in said and "check.html" in said
    page = (home / "check/чеки/check.html").read_text("utf-8")
    assert page.count("<img") == 1, "the one image of the data set that is odd, and no other file"
    assert "http" not in re.sub(r"http-equiv", "", page) and "<script" not in page
    table = (home / "check/чеки/check.csv").read_text("utf-8-sig")
    assert "tokenised;images/1.png" in table and "fault;images/../secret.png" in table
    for wrong in ("language=de", "pages=x", "pages=0"):
        assert main(["check", "datasets/чеки", "ocr=false", wrong]) == 1
        assert f"{wrong}: " in capsys.readouterr().err


def test_the_page_is_in_both_languages(home: Path, data: Path) -> None:
    assert WORDS["ru"].keys() == WORDS["en"].keys()
    assert main(["check", "datasets/чеки/annotation.csv", "ocr=false"]) == 0
    assert "Проверка набора данных" in (home / "check/чеки/check.html").read_text("utf-8")


def test_rows_are_struck_by_the_command_that_the_page_says(
    home: Path, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", "datasets/чеки", "ocr=false"]) == 0
    page = (home / "check/чеки/check.html").read_text("utf-8")
    commands = re.findall(r"<code>promptfit (check .* (strike=\S+) (state=\w+))</code>", page)
    assert [one[1] for one in commands] == ["strike=[5]", "strike=[2]"]
    assert main(["check", "datasets/чеки", *commands[0][1:]]) == 0
    assert [one.answer for one in load(data).samples] == ["12 /10 /98", HOSTILE, "5"]
    capsys.readouterr()
    assert main(["check", "datasets/чеки", *commands[1][1:]]) == 1
    assert "Check it anew" in capsys.readouterr().err, "rows have other numbers by now"
    assert main(["check", "datasets/чеки", "ocr=false"]) == 0
    page = (home / "check/чеки/check.html").read_text("utf-8")
    (again,) = re.findall(r"<code>promptfit (check .* (strike=\S+) (state=\w+))</code>", page)
    assert main(["check", "datasets/чеки", *again[1:]]) == 0
    assert [one.answer for one in load(data).samples] == [HOSTILE, "5"]
    struck = (data / "struck.csv").read_text("utf-8-sig")
    assert "../secret.png" in struck and "12 /10 /98" in struck and struck.startswith("data_index;")


@pytest.mark.parametrize("rows", ["[99]", "[1]", "[x]"])
def test_only_rows_that_there_are_can_be_struck(
    home: Path, data: Path, capsys: pytest.CaptureFixture[str], rows: str
) -> None:
    assert main(["check", "datasets/чеки", "ocr=false"]) == 0
    state = re.findall(r"state=(\w+)", (home / "check/чеки/check.html").read_text("utf-8"))[0]
    assert main(["check", "datasets/чеки", f"strike={rows}", f"state={state}"]) == 1
    assert "no such row" in capsys.readouterr().err
    assert main(["check", "datasets/чеки", "strike=[2,3,4,5]", f"state={state}"]) == 1
    assert "no row would be left" in capsys.readouterr().err
