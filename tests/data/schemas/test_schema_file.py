"""`schema.yaml`: what it states counts, what it leaves out is inferred, and faults are named with their line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from mutations import damaged
from promptfit.data.formats.vlmhyperbench_format import import_vlmhyperbench
from promptfit.data.reader import load
from promptfit.data.schemas import schema_file
from promptfit.support.parsing.value_types import TYPES
from promptfit.types import ABSENT, Field, PromptfitError

MakeDataset = Callable[..., Path]
BORN = Field("passport", "Дата рождения")


def rows(*answers: str, field: str = "passport;Дата рождения") -> list[str]:
    return [
        f"{number};search;images/{number}.{'jpg' if number == 2 else 'png'};Вопрос;{answer};{field};"
        for number, answer in enumerate(answers, start=1)
    ]


def stated(make_dataset: MakeDataset, text: str, *answers: str) -> Path:
    root = make_dataset(*rows(*answers or ("01.02.2020", "")))
    (root / "schema.yaml").write_text(text, "utf-8")
    return root


def test_types_are_inferred_where_there_is_no_file_and_that_is_said(make_dataset: MakeDataset) -> None:
    data = load(make_dataset(*rows("01.02.2020", "-")))
    assert data.schema.fields[BORN].kind.type == "date" and data.schema.inferred == (BORN,)
    assert {one.kind.type for one in data.samples} == {"date"}
    (note,) = data.notes
    assert "promptfit schema" in note and not data.warnings


def test_what_the_file_says_counts_and_the_rest_is_inferred(make_dataset: MakeDataset) -> None:
    plain = load(make_dataset(*rows("01.02.2020", ""), name="plain"))
    text = "passport:\n  Дата рождения:\n    absent: [нет, '-', null, no]\n    description: когда он родился\n"
    data = load(stated(make_dataset, text))
    own = data.schema.fields[BORN]
    assert (own.kind.type, own.kind.absent) == ("date", ("нет", "-", "null", "no"))
    assert own.description == "когда он родился" and data.digest != plain.digest
    (note,) = data.notes
    assert '"passport Дата рождения" (date)' in note
    full = load(stated(lambda *some: make_dataset(*some, name="full"), "passport:\n  Дата рождения: text\n"))
    assert not full.notes and full.samples[0].kind.type == "text"


def test_the_order_of_a_record_is_the_file_s(make_dataset: MakeDataset) -> None:
    both = [*rows("Анна", field="passport;Имя"), *rows("Орлова", field="passport;Фамилия"), *rows("1", field="СНИЛС;")]
    root = make_dataset(*both)
    (root / "schema.yaml").write_text("passport: {Фамилия: name}\n", "utf-8")
    schema = load(root).schema
    assert [one.name for one in schema.fields] == ["passport Фамилия", "passport Имя", "СНИЛС"]
    assert list(schema.of("СНИЛС")) == [Field("СНИЛС", "")]


def test_what_is_printed_is_read_as_the_same(make_dataset: MakeDataset, tmp_path: Path) -> None:
    text = (
        "passport:\n  Пол: {type: choice, choices: {да: [yes], нет: ['no', 'null']}, absent: ['-']}\n"
        "  Дата рождения: {type: date, format: \"d MMMM yyyy 'г.'\", description: 'a: b # c'}\n"
    )
    root = make_dataset(*rows("1 мая 1990 г."), *rows("да", "нет", field="passport;Пол"))
    (root / "schema.yaml").write_text(text, "utf-8")
    schema = load(root).schema
    again = tmp_path / "again.yaml"
    again.write_text(schema_file.written(schema), "utf-8")
    (root / "schema.yaml").write_bytes(again.read_bytes())
    assert load(root).schema == schema
    assert schema.fields[BORN].kind.absent == ABSENT


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        (
            "passport:\n  Дата рождения: {type: dat}\n",
            2,
            'passport Дата рождения: "dat" is no type; did you mean "date"',
        ),
        ("passport:\n  Дата рождения: {typ: date}\n", 2, '"typ" of passport Дата рождения is no key'),
        ("passport:\n  Имя: name\n  Имя: text\n", 3, '"Имя" is there twice'),
        ("passport:\n  Имя: name\n  ' Имя': text\n", 3, '"Имя" is there twice'),
        ("passport: {}\npassport: {}\n", 2, '"passport" is there twice'),
        ("passport:\n- Имя\n", 2, "here should stand a field"),
        ("- passport\n", 1, "here should stand a document type"),
        ("passport:\n  Имя: {absent: нет}\n", 2, "here should stand a list"),
        ("passport:\n  Имя: {absent: [[нет]]}\n", 2, "here should stand a text"),
        ("passport:\n  Имя: {type: [date]}\n", 2, "here should stand a text"),
        ("passport:\n  Пол: {choices: {муж: [м], жен: [М.]}}\n", 2, '"м" stands for two choices'),
        ("a: &x {b: name}\nc: *x\n", 2, "write it out"),
    ],
)
def test_a_fault_is_named_with_its_line(make_dataset: MakeDataset, text: str, line: int, said: str) -> None:
    with pytest.raises(PromptfitError) as fault:
        load(stated(make_dataset, text))
    assert "schema.yaml" in str(fault.value) and f"line {line}" in str(fault.value) and said in str(fault.value)


@pytest.mark.parametrize(
    "content",
    [b"\xff\xfe\xff", b'a: "\\UFFFFFFFF"', b"a: [b", b"[" * 20_000, b"a: " + b"x" * 1_000_001, b"\x00", b"a: b: c"],
    ids=["bytes", "escape", "open", "bomb", "large", "zero", "colons"],
)
def test_whatever_is_no_schema_is_refused(make_dataset: MakeDataset, content: bytes) -> None:
    root = make_dataset(*rows("01.02.2020"))
    (root / "schema.yaml").write_bytes(content)
    with pytest.raises(PromptfitError, match=r"schema\.yaml"):
        load(root)


def test_a_damaged_file_is_read_or_refused(tmp_path: Path) -> None:
    file, rng = tmp_path / "schema.yaml", Random(0)
    text = 'passport:\n  Пол: {type: choice, choices: {муж: [м], жен: ["\\x41"]}, absent: [нет, "-"]}\n  Имя: name\n'
    for _ in range(200):
        file.write_bytes(damaged(text.encode(), rng))
        try:
            assert all(one.type in ("", *TYPES) for one in schema_file.read(file).values())
        except PromptfitError as fault:
            assert str(file) in str(fault)


def test_an_empty_file_states_nothing(make_dataset: MakeDataset) -> None:
    assert load(stated(make_dataset, "# soon\n")).schema.fields[BORN].kind.type == "date"


def test_a_field_that_the_data_lack_is_named_with_the_one_that_was_meant(make_dataset: MakeDataset) -> None:
    data = load(stated(make_dataset, "passport: {Дата рожденья: date}\n"))
    (line,) = [one for one in data.warnings if "none of the data set's" in one]
    assert 'did you mean "passport Дата рождения"' in line and list(data.schema.fields) == [BORN]


def test_a_truth_that_is_not_of_its_type_is_named_with_its_row(make_dataset: MakeDataset) -> None:
    data = load(stated(make_dataset, "passport: {Дата рождения: date}\n", "01.02.2020", "31.02.2020", "нет", "1e999"))
    (line,) = [one for one in data.warnings if "no date" in one]
    assert 'row 3 "31.02.2020"' in line and 'row 5 "1e999"' in line and "2 answer(s)" in line


def test_an_empty_truth_is_said_to_be_one(make_dataset: MakeDataset) -> None:
    (line,) = load(make_dataset(*rows("01.02.2020", ""))).warnings
    assert "nothing is there" in line and "row 3" in line


def test_a_copy_takes_its_schema_along(make_dataset: MakeDataset, tmp_path: Path) -> None:
    root = stated(make_dataset, "passport: {Дата рождения: text}\n")
    copy = import_vlmhyperbench(root, tmp_path / "taken", "copy")
    assert load(copy).samples[0].kind.type == "text"
