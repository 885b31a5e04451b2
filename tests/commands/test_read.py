"""`promptfit read`: new documents with the best prompts, as a table, JSON lines and a workbook."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path

import pytest

from promptfit.cli import main
from promptfit.data import collection
from promptfit.data.collection import Row
from reading import asked, configure, make_data

ROWS = [
    Row("passport Фамилия", "Напиши Фамилия. Только значение. С заглавной буквы"),
    Row("passport Имя", "Напиши Имя. Только значение. С заглавной буквы"),
    Row("СНИЛС", "СНИЛС. Только значение"),
    Row("passport *", "Верни JSON. С заглавной буквы"),
    Row("СНИЛС *", "Верни JSON сбивчиво"),
]


@pytest.fixture
def home(tracked_home: Path) -> Path:
    """A data set, its best prompts, and scans of the same kinds in folders named by type."""
    configure(tracked_home)
    make_data(tracked_home / "data/large", documents=8, parts=("select", "test"))
    for path in ("selection/reader/reader_best.csv", "selection/reader/record/reader_best.csv"):
        (tracked_home / path).parent.mkdir(parents=True)
        collection.write(tracked_home / path, ROWS)
    scans = tracked_home / "сканы"
    make_data(tracked_home / "new", documents=3)
    for kind, name in (("passport", "p"), ("СНИЛС", "s")):
        (scans / kind).mkdir(parents=True)
        for file in (tracked_home / "new/images").glob(f"{name}*"):
            shutil.copy(file, scans / kind)
    return tracked_home


def read(*words: str) -> int:
    return main(["read", "model=reader", *words])


def table(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(path.read_text("utf-8-sig").splitlines(), delimiter=";"))


def test_a_folder_becomes_a_table(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert read("сканы", "read.csv") == 0
    rows = table(home / "read.csv")
    assert [row["file"] for row in rows] == [f"passport/p{at}.png" for at in range(3)] + [
        f"СНИЛС/s{at}.png" for at in range(3)
    ]
    assert [rows[0][key] for key in ("document type", "Фамилия", "Имя", "СНИЛС", "marks")] == [
        "passport",
        "Карбаинов",
        "Иван",
        "",
        "",
    ]
    assert rows[3]["СНИЛС"] == "123-456-789 00"
    said = capsys.readouterr().out
    assert "6 images (3 passport, 3 СНИЛС)" in said and "6 of 6 documents without a mark" in said
    assert asked(home) == 9 and not list(home.glob("*.partial"))


def test_a_second_run_asks_nothing_and_writes_over_nothing(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert read("сканы", "read.csv") == 0
    first = (home / "read.csv").read_bytes()
    assert read("сканы", "read.csv") == 1
    assert "read.csv: there already; name another file, or say replace=true" in capsys.readouterr().err
    assert read("сканы", "read.csv", "replace=true") == 0
    assert asked(home) == 9 and (home / "read.csv").read_bytes() == first


def test_records_are_one_request_and_what_they_lack_is_marked(home: Path) -> None:
    assert read("сканы", "read.jsonl", "ask=record") == 0
    assert asked(home) == 6
    lines = [json.loads(line) for line in (home / "read.jsonl").read_text("utf-8").splitlines()]
    assert lines[0]["fields"] == {"Фамилия": "Карбаинов", "Имя": "Иван"} and lines[0]["marks"] == {}
    assert lines[3]["fields"] == {"СНИЛС": ""} and lines[3]["marks"] == {"СНИЛС": "no such key"}


def test_a_workbook_holds_no_formula(home: Path) -> None:
    from openpyxl import load_workbook

    (home / "сканы/passport/p0.txt").write_text("Фамилия==1+1\nИмя=Иван", "utf-8")
    assert read("сканы/passport", "read.xlsx", "doc_type=passport") == 0
    sheet = load_workbook(home / "read.xlsx").active
    assert sheet is not None
    cells = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert cells[0] == ["file", "document type", "Фамилия", "Имя", "marks"]
    assert cells[2][2] == "Куликов" and not any(str(cell).startswith("=") for row in cells for cell in row)


def test_what_is_no_image_is_marked_and_the_others_are_read(home: Path) -> None:
    (home / "сканы/passport/a.png").write_bytes(b"no image")
    assert read("сканы/passport", "read.csv") == 0
    rows = table(home / "read.csv")
    assert rows[0]["file"] == "a.png" and rows[0]["marks"].startswith("image: ")
    assert rows[1]["Фамилия"] == "Карбаинов"


def test_a_run_that_is_broken_off_goes_on(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import reading

    whole, calls = reading.said, iter(range(100))

    def tired(request: object, folder: Path) -> str:
        if next(calls) == 4:
            raise KeyboardInterrupt
        return whole(request, folder)  # type: ignore[arg-type]

    monkeypatch.setattr(reading, "said", tired)
    assert read("сканы", "read.csv", "batch=1") == 130
    assert not (home / "read.csv").exists() and (home / "read.csv.partial").exists()
    before = asked(home)
    monkeypatch.setattr(reading, "said", whole)
    assert read("сканы", "read.csv", "batch=1") == 0
    assert asked(home) - before <= 5 and len(table(home / "read.csv")) == 6


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ((), "read what, and where to? promptfit read FOLDER read.csv"),
        (("nowhere", "read.csv"), "nowhere: no such file or folder"),
        (("conf", "read.csv"), "no image in it"),
        (("сканы", "read.txt"), "which format? It ends in .csv, .jsonl, .xlsx"),
        (("new/images", "read.csv"), "which document is it? Say doc_type=…, or put the images into folders named"),
        (("сканы", "read.csv", "doc_type=pasport"), "doc_type=pasport: no prompts for it"),
        (("сканы", "read.csv", "batch=0"), "batch=0: a whole number from 1 on"),
        (
            ("сканы", "read.csv", "ask=both"),
            "reader_plan.csv: not there yet; make it: promptfit select model=reader ask=both",
        ),
    ],
)
def test_wrong_usage_is_told(home: Path, words: tuple[str, ...], says: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert read(*words) == 1
    assert says in " ".join(capsys.readouterr().err.split())
    assert asked(home) == 0


def test_a_dry_run_counts_and_asks_nothing(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert read("сканы", "read.csv", "dry_run=true") == 0
    assert "9 requests to reader" in capsys.readouterr().out and asked(home) == 0
    assert read("сканы", "read.csv", "ask=record", "dry_run=true") == 0
    assert "6 requests to reader" in capsys.readouterr().out
