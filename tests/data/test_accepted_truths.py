"""Several true answers in a cell: a JSON list of texts is that, anything else is one truth as it stands."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promptfit.data.accepted_truths import cell_of, truths_of
from promptfit.data.annotation import write_annotation
from promptfit.data.formats.vlmhyperbench_format import export_vlmhyperbench, import_vlmhyperbench
from promptfit.data.reader import load

MakeDataset = Callable[..., Path]


@pytest.mark.parametrize(
    ("cell", "truths"),
    [
        ('["ул. Мира", "улица Мира"]', ("ул. Мира", "улица Мира")),
        (' ["a","b"] ', ("a", "b")),
        ('["один"]', ("один",)),
        ('["й", "и\u0306", "ё"]', ("й", "ё")),
        ('["", "нет"]', ("", "нет")),
        ('["[\\"a\\"]"]', ('["a"]',)),
        ("[]", ("[]",)),
        ("[1, 2]", ("[1, 2]",)),
        ('["a", 2]', ('["a", 2]',)),
        ('[["a"]]', ('[["a"]]',)),
        ("[неразборчиво]", ("[неразборчиво]",)),
        ('["a", "b"', ('["a", "b"',)),
        ('"a"', ('"a"',)),
        ("", ("",)),
        ("[" * 100_000, ("[" * 100_000,)),
    ],
)
def test_what_a_cell_means(cell: str, truths: tuple[str, ...]) -> None:
    assert truths_of(cell) == truths
    assert truths_of(cell_of(truths)) == truths


@given(st.lists(st.text('[]",аб\n'), min_size=1, max_size=4, unique=True))
def test_what_is_written_is_read(truths: list[str]) -> None:
    assert truths_of(cell_of(truths)) == tuple(truths)
    assert truths_of(cell_of([json.dumps(truths)])) == (json.dumps(truths),), "a truth that looks like several"


def row(index: int, cell: str, question: str = "Фамилия") -> str:
    quoted, image = cell.replace('"', '""'), f"{index}.{'jpg' if index == 2 else 'png'}"
    return f'{index};search;images/{image};Напиши {question};"{quoted}";passport;{question};'


def test_a_data_set_has_them_and_keeps_its_cells(make_dataset: MakeDataset, tmp_path: Path) -> None:
    cells = ['["Карбаинов", "КАРБАИНОВ"]', "Беленкова", '["[\\"a\\"]"]', "[неразборчиво]"]
    root = make_dataset(*(row(place, cell) for place, cell in enumerate(cells, 1)))
    data = load(root)
    assert [one.truths for one in data.samples] == [
        ("Карбаинов", "КАРБАИНОВ"),
        ("Беленкова",),
        ('["a"]',),
        ("[неразборчиво]",),
    ]
    taken = import_vlmhyperbench(root, tmp_path / "data", name="mini")
    given = export_vlmhyperbench(taken, tmp_path / "out")
    assert load(given).digest == load(taken).digest == data.digest
    value = json.loads((given / "jsons/1.json").read_text("utf-8"))["fields"]["Фамилия"]["value"]
    assert value == cells[0]
    (given / "annotation.csv").unlink()
    again = load(import_vlmhyperbench(given, tmp_path / "again"))
    assert [one.truths for one in again.samples] == [one.truths for one in data.samples]
    write_annotation(root, data.samples)
    assert load(root).samples == data.samples


def test_every_truth_is_looked_at(make_dataset: MakeDataset) -> None:
    cells = ['["01.02.2003", "1 февраля 2003"]', '["03.04.2005", "31.02.2005"]', "05.06.2007", '["07.08.2009", ""]']
    root = make_dataset(*(row(place, cell) for place, cell in enumerate(cells, 1)))
    (root / "schema.yaml").write_text("passport: {Фамилия: date}\n", "utf-8")
    said = "\n".join(load(root).warnings)
    assert "no date of the calendar" in said and 'row 3 "31.02.2005"' in said
    assert "1 row(s) have an empty" in said


def test_a_list_that_is_several_truths_is_told(make_dataset: MakeDataset) -> None:
    root = make_dataset(row(1, '["хлеб", "соль"]'), row(2, "хлеб; соль"))
    (root / "schema.yaml").write_text("passport: {Фамилия: list}\n", "utf-8")
    said = "\n".join(load(root).warnings)
    assert "1 row(s) of type list have a JSON list as answer" in said and "row 2" in said


def test_the_same_picture_contradicts_itself_only_with_another_set(make_dataset: MakeDataset) -> None:
    def warned(one: str, other: str, name: str) -> bool:
        root = make_dataset(row(1, one), row(3, other), name=name)
        (root / "images/3.png").write_bytes((root / "images/1.png").read_bytes())
        return any("different answers" in line for line in load(root).warnings)

    assert not warned('["а", "б"]', '["б ", "а"]', "same")
    assert warned('["а", "б"]', "а", "less")
    assert warned("а", "б", "plain")
