"""Excel files as people make them: merged cells, two header rows, days as numbers, formulas, hidden sheets."""

from __future__ import annotations

import datetime
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from importing import card, imported, picture, planned, values
from promptfit.types import PromptfitError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for number in (1, 2, 3):
        picture(tmp_path / f"scans/{number}.png", number)
    return tmp_path / "scans"


def saved(folder: Path, rows: Sequence[Any], change: Any = None) -> Path:
    book = Workbook()
    sheet = book.active
    sheet.title = "Данные"
    for row in rows:
        sheet.append(row)
    if change:
        change(book, sheet)
    book.save(folder / "t.xlsx")
    return folder / "t.xlsx"


def test_cells_are_read_as_they_are_shown(home: Path, folder: Path) -> None:
    def formats(book: Any, sheet: Any) -> None:
        sheet["B2"].number_format, sheet["C2"].number_format = "000000", "0.00"

    day = datetime.datetime(2021, 3, 5)
    rows: list[list[Any]] = [["Файл", "Код", "Сумма", "Дата", "Число", "Да"], ["1.png", 42, 12.5, day, 7.0, True]]
    path = saved(folder, rows, formats)
    keys: dict[str, Any] = {"image": "Файл", "fields": ["Код", "Сумма", "Дата", "Число", "Да"]}
    data = imported("table", path, home / "datasets", **keys)
    assert [one.answer for one in data.samples] == ["000042", "12.50", "05.03.2021", "7", "true"]
    assert "days are written like" in card(data) and "dates= says how" in card(data)
    other = imported("table", path, home / "d2", **keys, dates="%Y-%m-%d")
    assert other.samples[2].answer == "2021-03-05"


def test_merged_cells_hold_what_the_range_shows(home: Path, folder: Path) -> None:
    rows = [["Скан", "Поле", "Ответ"], ["1.png", "Имя", "Пётр"], [None, "Фамилия", "Иванов"], ["2.png", "Имя", "Анна"]]
    path = saved(folder, rows, lambda book, sheet: sheet.merge_cells("A2:A3"))
    data = imported("table", path, home / "datasets", image="Скан", field="Поле", answer="Ответ")
    assert [(one[1], one[3]) for one in values(data)] == [
        ("images/1.png", "Пётр"),
        ("images/1.png", "Иванов"),
        ("images/2.png", "Анна"),
    ]
    assert "1 merged range" in card(data)


def test_two_rows_of_header_under_a_title(home: Path, folder: Path) -> None:
    def merged(book: Any, sheet: Any) -> None:
        for cells in ("A1:D1", "A2:A3", "B2:C2"):
            sheet.merge_cells(cells)

    rows = [
        ["Реестр документов", None, None, None],
        ["Файл", "Владелец", None, "Адрес"],
        [None, "Фамилия", "Имя", "Город"],
        ["1.png", "Иванов", "Пётр", "Псков"],
    ]
    path = saved(folder, rows, merged)
    plan = planned("table", path, home / "datasets")
    told = {one.part: one.taken for one in plan.meanings}
    assert told["the fields"] == "Владелец Фамилия, Владелец Имя, Адрес Город"
    assert any("rows 2 and 3" in note or "row 2 and 3" in note for note in plan.origin().notes)
    fields = ["Владелец Фамилия=Фамилия", "Адрес Город=Город"]
    data = imported("table", path, home / "datasets", image="Файл", fields=fields)
    assert [one.answer for one in data.samples] == ["Иванов", "Псков"]
    plain = planned("table", path, home / "datasets", header=2, image="Файл", fields=["Адрес"])
    assert plain.meanings[1].taken.startswith("Адрес")


def test_numbers_that_may_be_days_are_told_and_read_as_days_where_that_is_said(home: Path, folder: Path) -> None:
    path = saved(folder, [["Файл", "Дата выдачи"], ["1.png", 44260]])
    keys: dict[str, Any] = {"image": "Файл", "fields": ["Дата выдачи"]}
    data = imported("table", path, home / "datasets", **keys)
    assert data.samples[0].answer == "44260" and r"day\_numbers=\[Дата выдачи\]" in card(data)
    data = imported("table", path, home / "d2", **keys, day_numbers=["Дата выдачи"])
    assert data.samples[0].answer == "05.03.2021"


def test_formulas_that_nobody_calculated_are_told(home: Path, folder: Path) -> None:
    path = saved(folder, [["Файл", "Сумма"], ["1.png", "=1+2"]])
    data = imported("table", path, home / "datasets", image="Файл", fields=["Сумма"])
    assert data.samples[0].answer == "" and "B2" in card(data) and "formulas without a value" in card(data)


def test_a_hidden_sheet_is_named_and_not_read(home: Path, folder: Path) -> None:
    def hidden(book: Any, sheet: Any) -> None:
        sheet.sheet_state = "hidden"
        for name in ("Видимый", "Ещё"):
            other = book.create_sheet(name)
            other.append(["Файл", "Имя"])
            other.append(["2.png", name])

    path = saved(folder, [["Файл", "Имя"], ["1.png", "тайна"]], hidden)
    keys: dict[str, Any] = {"image": "Файл", "fields": ["Имя"]}
    data = imported("table", path, home / "datasets", **keys)
    assert data.samples[0].answer == "Видимый"
    assert '"Данные" is hidden' in card(data) and 'of 2 sheets "Видимый" is read' in card(data)
    assert imported("table", path, home / "d2", **keys, sheet="Данные").samples[0].answer == "тайна"
    with pytest.raises(PromptfitError, match="there is no such sheet; it has: Данные, Видимый, Ещё"):
        planned("table", path, home / "datasets", sheet="Нет")


def test_columns_of_one_name_are_told_apart(home: Path, folder: Path) -> None:
    path = saved(folder, [["Файл", "Дата", "Дата", None], ["1.png", "a", "b", "c"]])
    plan = planned("table", path, home / "datasets", header=1)
    assert {one.part: one.taken for one in plan.meanings}["the fields"] == "Дата, Дата 2"


def test_a_file_that_would_fill_the_memory_is_refused(home: Path, folder: Path) -> None:
    path = saved(folder, [["Файл", "Имя"], ["1.png", "a"]])
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/bomb.xml", b"0" * 40_000_000)
    with pytest.raises(PromptfitError, match="it would unpack to 40 MB"):
        planned("table", path, home / "datasets")


@pytest.mark.parametrize("content", [b"PK\x03\x04 no archive", b"\xd0\xcf\x11\xe0 with a password"])
def test_a_file_that_is_none_is_told(home: Path, folder: Path, content: bytes) -> None:
    (folder / "t.xlsx").write_bytes(content)
    with pytest.raises(PromptfitError, match=r"no Excel file of the kind \.xlsx"):
        planned("table", folder / "t.xlsx", home / "datasets")


def test_an_archive_of_something_else_is_told(home: Path, folder: Path) -> None:
    with zipfile.ZipFile(folder / "t.xlsx", "w") as archive:
        archive.writestr("a.txt", "no sheet")
    with pytest.raises(PromptfitError, match="no Excel file that can be read"):
        planned("table", folder / "t.xlsx", home / "datasets")
