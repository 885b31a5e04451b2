"""What is odd in a data set is found row by row, and nothing else is."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFont

from importing import picture
from promptfit.data.annotation import COLUMNS
from promptfit.study.checks import page_lookup
from promptfit.study.checks.dataset_check import checked
from promptfit.study.checks.finding import DatasetFindings
from promptfit.study.checks.page_lookup import off_page

Make = Callable[..., Path]


@pytest.fixture
def make(home: Path) -> Make:
    """A data set of rows (image, answer, question type, box), whose images are all different."""

    def made(*rows: tuple[str, str, str, str]) -> Path:
        root = home / "datasets/набор"
        for number, name in enumerate(dict.fromkeys(row[0] for row in rows), start=1):
            if "/" not in name:
                picture(root / f"images/{name}", number * 5 + 1)
        lines = [
            f'{number};;images/{image};вопрос;"{answer}";чек;{asked};{box}'
            for number, (image, answer, asked, box) in enumerate(rows, start=1)
        ]
        (root / "annotation.csv").write_text("\n".join([";".join(COLUMNS), *lines]) + "\n", "utf-8")
        return root

    return made


def told(found: DatasetFindings) -> list[tuple[str, int]]:
    return [(one.kind, one.row) for one in found.findings]


def test_a_sound_data_set_has_no_findings(make: Make) -> None:
    root = make(("1.png", "ООО «Ромашка», г. Псков", "Продавец", "[1, 2, 30, 40]"), ("2.png", "12/10/98", "Дата", ""))
    found = checked(root, None)
    assert (found.findings, found.rows, found.images, found.looked_up) == ((), 2, 2, 0)


def test_rows_at_fault_are_findings_and_the_others_are_looked_at_all_the_same(make: Make) -> None:
    root = make(
        ("1.png", "а", "Имя", "[1, 2, 300, 40]"),
        ("нет/x.png", "б", "Имя", ""),
        ("../чужое.png", "в", "Имя", ""),
        ("4.png", "12 /10 /98", "Дата", ""),
    )
    found = checked(root, None)
    assert told(found) == [("fault", 2), ("fault", 3), ("fault", 4), ("tokenised", 5)]
    assert "reaches outside" in found.findings[0].said and "missing" in found.findings[1].said
    assert "leaves the data set's folder" in found.findings[2].said


@pytest.mark.parametrize(
    ("answer", "odd"),
    [
        *[("12 /10 /98", True), ("BOOK TA .K SDN", True), ("NO.53 , JALAN", True), ("( Malaysia)", True)],
        *[("12/10/98", False), ("г. Псков, ул. Мира", False), ("ул. Мира - 5", False), ("А.С. Пушкин (поэт)", False)],
        *[("45 08 123456", False), ("1 200,50", False), ("А / Б", False), ("НДС 20 %", False)],
    ],
)
def test_spaces_that_no_document_prints(make: Make, answer: str, odd: bool) -> None:
    assert [one.kind for one in checked(make(("1.png", answer, "Поле", "")), None).findings] == ["tokenised"] * odd


def test_values_that_are_none_of_their_type_and_empty_ones(make: Make) -> None:
    root = make(("1.png", "31.02.2024", "Дата", ""), ("2.png", "01.02.2024", "Дата", ""), ("3.png", "", "Дата", ""))
    (root / "schema.yaml").write_text("чек:\n  Дата: {type: date}\n", "utf-8")
    assert told(checked(root, None)) == [("type", 2), ("empty", 4)]


def test_the_same_picture_under_two_names(make: Make) -> None:
    root = make(
        *(("1.png", "а", "Имя", ""), ("2.png", "а", "Имя", ""), ("3.png", "б", "Имя", ""), ("4.png", "в", "Имя", ""))
    )
    shutil.copyfile(root / "images/1.png", root / "images/2.png")
    with Image.open(root / "images/1.png") as image:
        image.resize((150, 120)).save(root / "images/3.png")
    found = checked(root, None)
    assert told(found) == [("contradiction", 4), ("copy", 3), ("near copy", 4)]
    assert found.of("copy")[0].said == "the same file as images/1.png (row 2)"
    assert found.of("contradiction")[0].said == 'row 2 of the same picture has "а"'


def test_values_that_ocr_does_not_find(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    root = make(
        *(("1.png", "ООО Ромашка", "Продавец", ""), ("1.png", "12.50", "Сумма", ""), ("1.png", "77", "Код", "")),
        *(("2.png", "Иванов", "Имя", ""), ("2.png", "Петров", "Кто", ""), ("3.png", "Псков", "Город", "")),
    )
    pages = {"1.png": [["0OO", "РОМАШКА", "итого:", "12,50"]], "2.png": [["..."]]}
    asked = []

    def read(path: Path) -> Image.Image:
        asked.append(path.name)
        image = Image.new("RGB", (9, 9))
        image.info["name"] = path.name
        return image

    monkeypatch.setattr(page_lookup, "read", read)
    monkeypatch.setattr(page_lookup, "_ENLARGE", 1)
    monkeypatch.setattr(page_lookup, "read_lines", lambda image, languages, layout: pages[image.info["name"]])
    done: list[int] = []
    found = checked(root, lambda rows: off_page(rows, ["rus"], 2, lambda: done.append(1)), 2)
    assert told(found) == [("off page", 4), ("unread", 5), ("unread", 6)]
    assert (sorted(asked), len(done), found.looked_up) == (["1.png", "2.png"], 2, 2)


@pytest.mark.skipif(not shutil.which("tesseract"), reason="tesseract is not installed")
def test_tesseract_finds_what_is_printed(make: Make) -> None:
    root = make(
        ("1.png", "INVOICE 4711", "No", ""), ("1.png", "Total due: 99.10", "Total", ""), ("1.png", "Smith", "Who", "")
    )
    image = Image.new("L", (700, 300), 255)
    font = ImageFont.load_default(40)
    for place, line in enumerate(("INVOICE 4711", "Total due: 99.10")):
        ImageDraw.Draw(image).text((40, 60 + 100 * place), line, fill=0, font=font)
    image.save(root / "images/1.png")
    found = checked(root, lambda rows: off_page(rows, ["eng"], 9, lambda: None), 9)
    assert told(found) == [("off page", 4)]
