"""Tables of any kind, with any column names, become data sets."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from importing import card, imported, picture, planned, values
from promptfit.data.marks import PRIVATE
from promptfit.data.reader import Dataset, load
from promptfit.types import PromptfitError

WIDE = "Файл;Фамилия;Имя;Примечание\nсканы/1.png;Карбаинов;Пётр;\nсканы/2.png;Беленкова;;\n"
SAID: dict[str, Any] = {"image": "Файл", "fields": ["Фамилия", "Имя"], "doc_type": "паспорт"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "исходное"
    for number in (1, 2, 3):
        picture(root / f"сканы/{number}.png", number)
    return root


def test_a_row_a_document(home: Path, folder: Path) -> None:
    (folder / "паспорта.csv").write_text(WIDE, "utf-8")
    data = imported("table", folder / "паспорта.csv", home / "datasets", **SAID)
    assert data.root == home / "datasets/паспорта"
    assert values(data) == [
        ("сканы/1", "images/сканы/1.png", "паспорт Фамилия", "Карбаинов"),
        ("сканы/1", "images/сканы/1.png", "паспорт Имя", "Пётр"),
        ("сканы/2", "images/сканы/2.png", "паспорт Фамилия", "Беленкова"),
        ("сканы/2", "images/сканы/2.png", "паспорт Имя", ""),
    ]
    assert data.private and (data.root / PRIVATE).is_file()
    assert not [path for path in (home / "datasets").iterdir() if path != data.root], "nothing else is left there"
    assert "паспорта.csv" in card(data) and "sha256" in card(data) and str(folder) not in card(data)


def test_an_empty_cell_says_nothing_where_that_is_said(home: Path, folder: Path) -> None:
    (folder / "t.csv").write_text(WIDE, "utf-8")
    data = imported("table", folder / "t.csv", home / "datasets", **SAID, empty="skip")
    assert [one.answer for one in data.samples] == ["Карбаинов", "Пётр", "Беленкова"]


def test_a_row_a_field_with_all_that_a_row_may_say(home: Path, folder: Path) -> None:
    (folder / "t.tsv").write_text(
        "документ\tкартинка\tполе\tответ\tвопрос\tрамка\tтип\tчасть\n"
        "д1\t1\tФамилия\tИванов\tКакая фамилия?\t[1, 2, 30, 40]\tпаспорт\ttrain\n"
        "д1\t2.png\tАдрес\tг. Псков\t\t\tпаспорт\ttrain\n"
        "д2\tсканы/3.png\tСНИЛС\t001-002\t\t[1, 2, 300, 40]\tСНИЛС\tval\n",
        "utf-8",
    )
    keys: dict[str, Any] = {
        **{"image": "картинка", "field": "поле", "answer": "ответ", "question": "вопрос", "box": "рамка"},
        **{"document": "документ", "doc_type": "тип", "split": "часть"},
    }
    data = imported("table", folder / "t.tsv", home / "datasets", {"splits": {"train": "search"}}, **keys)
    assert values(data) == [
        ("д1", "images/сканы/1.png", "паспорт Фамилия", "Иванов"),
        ("д1", "images/сканы/2.png", "паспорт Адрес", "г. Псков"),
        ("д2", "images/сканы/3.png", "СНИЛС СНИЛС", "001-002"),
    ]
    first, second, third = data.samples
    assert (first.question, second.question) == ("Какая фамилия?", "Адрес")
    assert (first.box, third.box) == ((1, 2, 30, 40), None) and "1 box(es) reach outside" in card(data)
    assert (first.split, third.split) == ("search", "val")


def test_what_is_guessed_is_shown_with_the_option_that_changes_it(home: Path, folder: Path) -> None:
    (folder / "t.csv").write_text(WIDE, "utf-8")
    plan = planned("table", folder / "t.csv", home / "datasets")
    told = {one.part: one for one in plan.meanings}
    assert plan.guessed and told["the image"].taken == "Файл" and told["the image"].example == "сканы/1.png"
    assert told["the fields"].taken == "Фамилия, Имя; not taken: Примечание", "an empty column is no field"
    assert told["the fields"].option == "fields=[Фамилия,Имя]"
    assert not planned("table", folder / "t.csv", home / "datasets", **SAID).guessed


def test_our_own_annotation_read_as_a_table_is_the_same_data_set(home: Path, make_dataset: Callable[..., Path]) -> None:
    source = make_dataset()
    assert planned("table", source / "annotation.csv", home / "datasets").guessed
    taken, own = imported("table", source / "annotation.csv", home / "datasets"), load(source)

    def seen(data: Dataset) -> list[tuple[object, ...]]:
        return [(one.document, one.field, one.answer, one.question, one.box, one.image_digest) for one in data.samples]

    assert seen(taken) == seen(own)


def test_the_column_of_images_is_guessed_where_only_their_folder_is_said(home: Path, folder: Path) -> None:
    (folder / "t.csv").write_text("№;Скан;Имя\n7;1.png;Пётр\n", "utf-8")
    plan = planned("table", folder / "t.csv", home / "datasets", images="сканы", fields=["Имя"])
    assert plan.guessed and plan.meanings[0].taken == "Скан"
    data = imported("table", folder / "t.csv", home / "datasets", images="сканы", fields=["Имя"])
    assert values(data) == [("7", "images/1.png", "t Имя", "Пётр")]


def test_long_tables_are_told_by_their_names(home: Path, folder: Path) -> None:
    (folder / "t.csv").write_text("scan,Реквизит,Значение\nсканы/1.png,Имя,Пётр\n", "utf-8")
    told = {one.part: one.taken for one in planned("table", folder / "t.csv", home / "datasets").meanings}
    assert (told["what is asked"], told["the true value"], told["the image"]) == ("Реквизит", "Значение", "scan")


@pytest.mark.parametrize(
    ("pattern", "first"),
    [("сканы/{№}.png", "1"), ("**/{№}.p?g", "1"), ("сканы/{№}_*.jpg", "a"), ("сканы", "сканы/1.png"), ("сканы", "1")],
)
def test_images_are_found_by_pattern_and_by_name(home: Path, folder: Path, pattern: str, first: str) -> None:
    picture(folder / "сканы/a_лицо.jpg", 7)
    picture(folder / "сканы/aa_лицо.jpg", 8)
    (folder / "t.csv").write_text(f"№;Имя\n{first};Пётр\n", "utf-8")
    image = None if "{" in pattern else "№"
    keys: dict[str, Any] = {"images": pattern, "image": image, "fields": ["Имя=Имя владельца"]}
    (sample,) = imported("table", folder / "t.csv", home / "datasets", **keys).samples
    assert sample.image.stem.startswith(("1", "a_лицо")) and sample.field.question_type == "Имя владельца"


@pytest.mark.parametrize("name", ["../чужое.png", "/etc/passwd", "C:\\чужое.png", "сканы/link.png", "нет.png", ""])
def test_no_image_is_taken_from_outside_the_folder(home: Path, folder: Path, name: str) -> None:
    secret = picture(folder.parent / "чужое.png", 5)
    (folder / "сканы/link.png").symlink_to(secret)
    (folder / "t.csv").write_text(f"Файл;Имя\n{name};Пётр\n", "utf-8")
    with pytest.raises(PromptfitError, match="its image is not there"):
        imported("table", folder / "t.csv", home / "datasets", image="Файл", fields=["Имя"])
    assert not list((home / "datasets").iterdir())


def test_two_images_of_one_name_are_told_and_not_taken(home: Path, folder: Path) -> None:
    picture(folder / "ещё/1.png", 9)
    (folder / "t.csv").write_text("Файл;Имя\n1;Пётр\n2;Анна\n", "utf-8")
    data = imported("table", folder / "t.csv", home / "datasets", {"left_out": 0.5}, image="Файл", fields=["Имя"])
    assert [one.answer for one in data.samples] == ["Анна"]
    assert "may be" in card(data) and "row 2" in card(data)


def test_more_left_out_than_is_allowed_leaves_nothing(home: Path, folder: Path) -> None:
    (folder / "t.csv").write_text("Файл;Имя\nсканы/1.png;Пётр\nнет.png;Анна\n", "utf-8")
    with pytest.raises(PromptfitError, match=r"1 of 2 values can't be taken.*left_out=0\.51"):
        imported("table", folder / "t.csv", home / "datasets", image="Файл", fields=["Имя"])
    assert not list((home / "datasets").iterdir())


def test_a_broken_image_is_left_out_once_for_all_its_values(home: Path, folder: Path) -> None:
    (folder / "сканы/2.png").write_bytes((folder / "сканы/2.png").read_bytes()[:60])
    (folder / "t.csv").write_text(WIDE, "utf-8")
    data = imported("table", folder / "t.csv", home / "datasets", {"left_out": 0.5}, **SAID)
    assert len(data.samples) == 2 and "2 left out: its image can't be read" in card(data)
    assert [path.name for path in (data.root / "images/сканы").iterdir()] == ["1.png"]


def test_other_encodings_and_delimiters(home: Path, folder: Path) -> None:
    (folder / "a.csv").write_bytes(WIDE.encode("cp1251"))
    with pytest.raises(PromptfitError, match="encoding=cp1251"):
        imported("table", folder / "a.csv", home / "datasets", **SAID)
    assert len(imported("table", folder / "a.csv", home / "datasets", **SAID, encoding="cp1251").samples) == 4
    for name, content in (
        ("b", ("sep=;\n" + WIDE).encode("utf-16")),
        ("c", WIDE.replace(";", "|").encode()),
        ("d", WIDE.replace(";", "\t").encode("utf-8-sig")),
    ):
        (folder / f"{name}.csv").write_bytes(content)
        assert len(imported("table", folder / f"{name}.csv", home / "datasets", **SAID).samples) == 4, name
    (folder / "e.csv").write_text('Файл;Имя\nсканы/1.png;"Ромашка" ООО\n', "utf-8")
    with pytest.raises(PromptfitError, match=r"row 2 .*in quotes"):
        imported("table", folder / "e.csv", home / "datasets", image="Файл", fields=["Имя"])


def test_json_lines_with_nested_objects_and_several_answers(home: Path, folder: Path) -> None:
    lines = [
        {"file": "сканы/1.png", "who": {"Имя": "Пётр"}, "question": "Сколько?", "answers": ["12", "двенадцать", "12"]},
        {"file": "сканы/2.png", "who": {"Имя": "Анна"}, "question": "Когда?", "answers": []},
    ]
    text = "\n".join(json.dumps(one, ensure_ascii=False) for one in lines)
    (folder / "t.jsonl").write_text(f"{text}\n[1]\n{{\n", "utf-8")
    keys: dict[str, Any] = {"image": "file", "question": "question", "answer": "answers"}
    data = imported("table", folder / "t.jsonl", home / "datasets", {"left_out": 0.5}, **keys)
    assert [(one.field.question_type, one.answer) for one in data.samples] == [("Сколько?", "12"), ("Когда?", "")]
    assert [one.accepted for one in data.samples] == [("двенадцать",), ()]
    assert "no JSON in UTF-8" in card(data) and "another kind of JSON" in card(data)
    nested = imported("table", folder / "t.jsonl", home / "d2", {"left_out": 0.5}, image="file", fields=["who.Имя=Имя"])
    assert [one.answer for one in nested.samples] == ["Пётр", "Анна"]


def test_parquet_with_images_and_without(home: Path, folder: Path) -> None:
    import pyarrow as pa
    from pyarrow import parquet

    contents = [(folder / f"сканы/{number}.png").read_bytes() for number in (1, 2)]
    pictures = [{"bytes": one, "path": None} for one in contents]
    parquet.write_table(
        pa.table({"pic": pictures, "Имя": ["Пётр", "Анна"], "Сумма": [12.0, 7.5]}), folder / "a.parquet"
    )
    told = {one.part: one for one in planned("table", folder / "a.parquet", home / "datasets").meanings}
    assert told["the image"].taken == "pic" and told["the image"].example.startswith("an image of")
    data = imported("table", folder / "a.parquet", home / "datasets", image="pic", fields=["Имя", "Сумма"])
    assert [one.answer for one in data.samples] == ["Пётр", "12", "Анна", "7.5"]
    assert data.samples[0].image.read_bytes() == contents[0] and data.samples[0].image.suffix == ".png"
    parquet.write_table(pa.table({"Имя": ["Пётр"], "Возраст": [3]}), folder / "b.parquet")
    with pytest.raises(PromptfitError, match="no column holds images or their paths; it has: Имя, Возраст"):
        planned("table", folder / "b.parquet", home / "datasets")
    (folder / "c.parquet").write_bytes(b"PAR1 no table")
    with pytest.raises(PromptfitError, match="no parquet file that can be read"):
        planned("table", folder / "c.parquet", home / "datasets")


def test_fields_in_a_column_of_json(home: Path, folder: Path) -> None:
    truth = {"gt_parse": {"menu": [{"nm": "Суп"}], "total": {"total_price": "12.50"}, "void": {"a": {"b": "x"}}}}
    line = {"image": "сканы/1.png", "ground_truth": json.dumps(truth)}
    (folder / "t.jsonl").write_text(json.dumps(line), "utf-8")
    keys: dict[str, Any] = {"image": "image", "record": "ground_truth", "inside": "gt_parse", "without": ["void"]}
    (sample,) = imported("table", folder / "t.jsonl", home / "datasets", **keys).samples
    assert (sample.field.question_type, sample.answer) == ("total.total_price", "12.50")


def test_rows_and_documents_that_are_wanted(home: Path, folder: Path) -> None:
    (folder / "t.csv").write_text("Файл;Имя;вид\nсканы/1.png;а;KIE ru\nсканы/2.png;б;VQA\nсканы/3.png;в;kie\n", "utf-8")
    keys: dict[str, Any] = {"image": "Файл", "fields": ["Имя"], "only": {"вид": "kie"}}
    data = imported("table", folder / "t.csv", home / "datasets", **keys)
    assert [one.answer for one in data.samples] == ["а", "в"]
    data = imported("table", folder / "t.csv", home / "d2", {"limit": 1}, **keys)
    assert [one.answer for one in data.samples] == ["а"]


@pytest.mark.parametrize(
    ("keys", "fault"),
    [
        ({"image": "Фаил"}, 'image=Фаил: there is no such column; did you mean "Файл"'),
        ({"image": "Файл", "fields": ["Отчество"]}, "fields=Отчество: there is no such column"),
        ({"images": "{Нет}.png", "fields": ["Имя"]}, "images=Нет: there is no such column"),
        ({"images": "сканы/*.png"}, "name a column in it, like images='scans/{Файл}_"),
        ({"images": "нет"}, "no such folder; say where the images lie"),
        ({"image": "Файл", "answer": "Имя"}, "say field=… or question=…"),
        ({"empty": "no"}, "empty=no"),
        ({"header": 9}, "it has no such row"),
        ({"encoding": "cp9"}, "there is no such encoding"),
    ],
)
def test_options_that_cannot_be(home: Path, folder: Path, keys: dict[str, Any], fault: str) -> None:
    (folder / "t.csv").write_text(WIDE, "utf-8")
    with pytest.raises(PromptfitError, match=fault):
        planned("table", folder / "t.csv", home / "datasets", **keys)


def test_a_row_of_values_is_no_second_row_of_the_header(home: Path, folder: Path) -> None:
    (folder / "t.csv").write_text("Файл;;Имя\nсканы/1.png;прим;Пётр\n", "utf-8")
    data = imported("table", folder / "t.csv", home / "datasets", image="Файл", fields=["Имя"])
    assert [one.answer for one in data.samples] == ["Пётр"] and "without a name" in card(data)


def test_other_files_are_told_what_a_table_is(home: Path, folder: Path) -> None:
    (folder / "t.xls").write_bytes(b"\xd0\xcf\x11\xe0")
    with pytest.raises(PromptfitError, match=r"old \.xls: as \.xlsx"):
        planned("table", folder / "t.xls", home / "datasets")
    with pytest.raises(PromptfitError, match="no such file; give a table"):
        planned("table", folder / "none.csv", home / "datasets")
    (folder / "empty.csv").write_text("\n;;\n", "utf-8")
    with pytest.raises(PromptfitError, match="no row in it holds anything"):
        planned("table", folder / "empty.csv", home / "datasets")
