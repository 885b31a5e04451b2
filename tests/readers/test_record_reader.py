"""A whole record out of one answer: what is read, what is counted, and why there is no value."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from promptfit.readers.json_values import Members, Node, Number
from promptfit.readers.record_reader import CUT_OFF, NO_JSON, NO_KEY, TOO_DEEP, RecordReader, RecordReading
from promptfit.readers.repairs import Repair
from promptfit.readers.steps import Reader
from promptfit.readers.strict_json import DEEPEST, decoded
from promptfit.readers.thoughts import UNCLOSED
from promptfit.readers.tolerant_json import TolerantParser
from promptfit.types import PromptfitError, Reading

SURNAME, NAME, BIRTH = "Фамилия", "Имя", "Дата рождения"
READ = RecordReader([SURNAME, NAME])
PROPERTY = settings(deadline=None, derandomize=True)


def values(reading: RecordReading) -> dict[str, str]:
    """Values of the fields that have one."""
    return {key: one.value for key, one in reading.fields.items() if not one.fault}


def faults(reading: RecordReading) -> dict[str, str]:
    return {key: one.fault for key, one in reading.fields.items() if one.fault}


def test_the_object_that_was_asked_for_is_faithful() -> None:
    reading = READ('{"Фамилия": "Ёлкина", "Имя": "Анна"}')
    assert reading == RecordReading({SURNAME: Reading("Ёлкина"), NAME: Reading("Анна")}, parsed=True)
    assert reading.faithful and reading.all_keys
    assert READ(' {"Имя": "Анна", "Фамилия": "Ёлкина"}\n') == reading, "in any order, with any space around"


@pytest.mark.parametrize(
    ("text", "surname", "name", "repairs"),
    [
        ('Вот данные: {"Фамилия": "Иванов", "Имя": "Пётр"} — это всё.', "Иванов", "Пётр", "text around"),
        ('```json\n{"Фамилия": "Иванов",\n"Имя": "Пётр"}\n```', "Иванов", "Пётр", "fence"),
        ('```\n{"Фамилия": "Иванов", "Имя": "Пётр"\n```', "Иванов", "Пётр", "fence, missing bracket"),
        ('Первое:\n```\n{"Фамилия": "Иванов"}\n```\nвторое:\n```\n{"Имя": "Пётр"}\n```', "Иванов", "Пётр",
         "text around, fence, several objects"),
        ('{"Фамилия": "Иванов", "Имя": "Пётр",}', "Иванов", "Пётр", "extra comma"),
        ('{"Фамилия": "Иванов",, "Имя": "Пётр"}', "Иванов", "Пётр", "extra comma"),
        ('{"Фамилия": "Иванов"\n "Имя": "Пётр"}', "Иванов", "Пётр", "missing comma"),
        ('{"Фамилия" "Иванов", "Имя": "Пётр"}', "Иванов", "Пётр", "missing colon"),
        ("{'Фамилия': 'д'Артаньян', 'Имя': 'Шарль'}", "д'Артаньян", "Шарль", "other quotes 4, inner quotes"),
        ("{“Фамилия”: “Иванов”, “Имя”: “Пётр”}", "Иванов", "Пётр", "other quotes 4"),
        ('{"Фамилия": "ООО "Ёлка", Москва", "Имя": "6" x 9""}', 'ООО "Ёлка", Москва', '6" x 9"', "inner quotes 2"),
        ('{"Фамилия": "ИП \\"Ёлка\\" в "О"", "Имя": "a\\/\\u0431\\n"}', 'ИП "Ёлка" в "О"', "a/б\n", "inner quotes"),
        ('{"Фамилия": "C:\\диск", "Имя": "\\ud83d\\ude00",}', "C:\\диск", "😀", "extra comma, bad escape"),
        ('{"Фамилия": "Ива\nнов", "Имя": "П\tётр"}', "Ива\nнов", "П\tётр", "raw control character 2"),
        ("{Фамилия: Иванов, Имя: Пётр}", "Иванов", "Пётр", "unquoted key 2, unquoted value 2"),
        ('{"Фамилия": ул. Мира, д. 5, "Имя": 1 234,56}', "ул. Мира, д. 5", "1 234,56", "unquoted value 2"),
        ('{"Фамилия": 45 08 123456, "Имя": 01.02.2020}', "45 08 123456", "01.02.2020", "unquoted value 2"),
        ('{"Фамилия": http://x.y/z, "Имя": "http://x.y"}', "http://x.y/z", "http://x.y", "unquoted value"),
        ('{"Фамилия": "Иванов", // да\n "Имя": /* нет */ "Пётр"}', "Иванов", "Пётр", "comment 2"),
        ('{"Фамилия": None, "Имя": True}', "", "true", "Python word 2"),
        ('{"Фамилия": , "Имя": }', "", "", "missing value 2"),
        ('{"Фамилия": "Иванов", "Имя": "Пётр", ...}', "Иванов", "Пётр", "stray text"),
        ('{"Фамилия": "Иванов"; "Имя": "Пётр"}', "Иванов", "Пётр", "stray text"),
        ('"{\\"Фамилия\\": \\"Иванов\\", \\"Имя\\": \\"Пётр\\"}"', "Иванов", "Пётр", "quoted JSON"),
        ('"Фамилия": "Иванов", "Имя": "Пётр"}', "Иванов", "Пётр", "missing bracket"),
        ('{"fields": {"Фамилия": "Иванов", "Имя": "Пётр"}}', "Иванов", "Пётр", "nesting"),
        ('{"a": {"Фамилия": "Иванов"}, "b": [{"Имя": "Пётр"}]}', "Иванов", "Пётр", "nesting 2"),
        ('{{"Фамилия": "Иванов", "Имя": "Пётр"}}', "Иванов", "Пётр", "missing bracket, nesting"),
        ('{"fields": {"Фамилия": {"value": "Иванов", "bboxes": [[1, 2, 3, 4]]}, "Имя": {"value": null}}}',
         "Иванов", "", "nesting, nested value 2"),
        ('{"Фамилия": ["Иванов"], "Имя": ["Пётр", 1.50, {"a": "б"}]}', "Иванов", '["Пётр", 1.50, {"a": "б"}]',
         "nested value 2"),
        ('[["Фамилия", "Иванов"], ["Имя", "Пётр"]]', "Иванов", "Пётр", "pairs 2"),
        ('[{"name": "Фамилия", "value": "Иванов"}, {"Поле": "Имя", "Значение": "Пётр"}]', "Иванов", "Пётр", "pairs 2"),
        ('[{"Фамилия": "Иванов"}, {"Имя": "Пётр"}]', "Иванов", "Пётр", ""),
        ('{"Фамилия": "Петров", "Имя": "Пётр", "Фамилия": "Иванов"}', "Иванов", "Пётр", "duplicate key"),
        ('{"Фамилия": "Иванов", "Имя": "Пётр", "фамилия": "Петров"}', "Иванов", "Пётр", "duplicate key"),
        ('{"Фамилия": "\\ud83d", "Имя": "a\ud83d"}', "\ufffd", "a\ufffd", "half a character 2"),
        ('{"Фамилия": 0012, "Имя": 12.50}', "0012", "12.50", "unquoted value"),
        ('{"Фамилия": 1e999, "Имя": NaN}', "1e999", "NaN", ""),
        ('{"Фамилия": -0, "Имя": 1' + "0" * 5000 + "}", "-0", "1" + "0" * 5000, ""),
        ('{"Фамилия": false, "Имя": null}', "false", "", ""),
        ("{1: 2, 'Фамилия': 3, Имя: 4}", "3", "4", "other quotes, unquoted key 2"),
    ],
)  # fmt: skip
def test_what_is_plain_is_read_and_counted(text: str, surname: str, name: str, repairs: str) -> None:
    reading = READ(text)
    assert values(reading) == {SURNAME: surname, NAME: name}
    assert reading.parsed and reading.all_keys
    assert dict(reading.repairs) == counted(repairs)


def counted(written: str) -> Mapping[Repair, int]:
    """``extra comma, inner quotes 2``."""
    parts = [one.rpartition(" ") for one in written.split(", ") if one]
    return {Repair(f"{head} {tail}".strip()) if not tail.isdigit() else Repair(head): int(tail) if tail.isdigit() else 1
            for head, _, tail in parts}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "surname", "fault"),
    [
        ("Данные не видны.", None, NO_JSON),
        ("", None, NO_JSON),
        ("[1, 2]", None, NO_JSON),
        ("[[1, 2], [3, 4]]", None, NO_JSON),
        ('"Иванов"', None, NO_JSON),
        ("Прочитай {фамилию}", None, NO_JSON),
        ("Фамилия: Иванов\nИмя: Пётр", None, NO_JSON),
        ("{}", None, NO_KEY),
        ('{"Отчество": "Ильич"}', None, NO_KEY),
        ('{"Фамилия": "Иванов"}', "Иванов", NO_KEY),
        ('{"Фамилия": "Иванов"', "Иванов", CUT_OFF),
        ('{"Фамилия": "Иванов", "Им', "Иванов", CUT_OFF),
        ('{"Фамилия": "Иванов", "Имя":', "Иванов", CUT_OFF),
        ('{"Фамилия": "Иванов", "Имя": "Пё', "Иванов", CUT_OFF),
        ('{"Фамилия": "Иванов", "Имя": 12', "Иванов", CUT_OFF),
        ('{"Фамилия": "Иванов", "Имя": {"value": "Пётр"', "Иванов", CUT_OFF),
        ('{"fields": {"Фамилия": {"value": "Иванов"}, "Имя": {"value": "Пётр", ', "Иванов", CUT_OFF),
        ('[{"name": "Фамилия", "value": "Иванов"}, {"name": "Имя"', "Иванов", CUT_OFF),
        ("```json\n{'Фамилия': 'Иванов', 'Имя': 'Пёт", "Иванов", CUT_OFF),
        ("{", None, CUT_OFF),
        ('{"Фам', None, CUT_OFF),
        ('{"Фамилия": "Иванов", "Имя": ' + "[" * 100_000, None, TOO_DEEP),
    ],
)
def test_why_there_is_no_value(text: str, surname: str | None, fault: str) -> None:
    reading = READ(text)
    assert values(reading) == ({} if surname is None else {SURNAME: surname})
    assert set(faults(reading).values()) == {fault}
    assert reading.parsed == (fault == NO_KEY) and not reading.faithful


def test_extra_keys_are_named_as_they_stand() -> None:
    reading = READ('{"Фамилия": "Иванов", "Имя": "Пётр", "Пол": "муж", "место": {"город": "Псков"}, "a\\ud800": 1}')
    assert reading.extra == ("Пол", "место", "a\ufffd")
    assert reading.parsed and reading.all_keys and not reading.faithful
    assert READ('{"Пол": "муж", "Имя": "Пётр"}').extra == ("Пол",), "another field is none by its place"


@pytest.mark.parametrize(
    ("key", "field", "repair"),
    [
        ("фамилия", SURNAME, Repair.KEY_CASE),
        ("ДАТА  РОЖДЕНИЯ", BIRTH, Repair.KEY_CASE),
        ("дата_рождения", BIRTH, Repair.KEY_SPELLING),
        ("ДатаРождения", BIRTH, Repair.KEY_SPELLING),
        ("Дaтa рoждeния", BIRTH, Repair.KEY_SPELLING),  # with Latin a, o, e
        ("Номер счёта", "Номер счета", Repair.KEY_SPELLING),
        ("Фамилие", SURNAME, Repair.KEY_SPELLING),
        ("Дата рожения", BIRTH, Repair.KEY_SPELLING),
        ("familiya", SURNAME, Repair.KEY_SCRIPT),
        ("Familija", SURNAME, Repair.KEY_SCRIPT),
        ("FAMILIA", SURNAME, Repair.KEY_SCRIPT),
        ("imya", NAME, Repair.KEY_SCRIPT),
        ("imja", NAME, Repair.KEY_SCRIPT),
        ("data_rozhdeniya", BIRTH, Repair.KEY_SCRIPT),
        ("dataRozhdenija", BIRTH, Repair.KEY_SCRIPT),
        ("surname", SURNAME, Repair.KEY_NAME),
        ("Last_Name", SURNAME, Repair.KEY_NAME),
        ("Имена", None, None),
        ("Дата", None, None),
        ("Дата выдачи", None, None),
        ("Строка 3", None, None),
        ("Ф" * 200, None, None),
        ("", None, None),
    ],
)
def test_what_a_key_may_look_like(key: str, field: str | None, repair: Repair | None) -> None:
    keys = [SURNAME, NAME, BIRTH, "Номер счета", "Строка 1", "Строка 2"]
    reading = RecordReader(keys, {SURNAME: ["surname", "last name"]})(json.dumps({key: "да"}))
    assert values(reading) == ({field: "да"} if field else {})
    assert dict(reading.repairs) == ({repair: 1} if repair else {})
    assert reading.extra == (() if field else (key,))


def test_a_key_that_may_be_two_fields_is_neither() -> None:
    read = RecordReader(["Счёт", "счет", "Получатель 1", "Получатели 1"])
    assert read('{"С_ЧЁТ": 1, "Получателя 1": 2}').extra == ("С_ЧЁТ", "Получателя 1")
    assert values(read('{"Счёт": 1, "счет": 2}')) == {"Счёт": "1", "счет": "2"}


def test_a_key_in_another_language_is_read_by_its_place_where_that_is_plain() -> None:
    read = RecordReader([SURNAME, NAME, BIRTH])
    reading = read('{"Фамилия": "Иванов", "given": "Пётр", "Дата рождения": "01.02.2020"}')
    assert values(reading)[NAME] == "Пётр" and dict(reading.repairs) == {Repair.KEY_PLACE: 1}
    for other in (
        '{"given": "Пётр", "Фамилия": "Иванов", "Дата рождения": "01.02.2020"}',
        '{"Фамилия": "Иванов", "Отчество": "Ильич", "Дата рождения": "01.02.2020"}',
        '{"Фамилия": "Иванов", "given": "Пётр", "birth": "01.02.2020"}',
        '{"Фамилия": "Иванов", "given": "Пётр", "Дата рождения": "01.02.2020", "Пол": "муж"}',
    ):
        assert NAME not in values(read(other)), other


def test_a_thought_without_an_end_leaves_no_field() -> None:
    read = RecordReader([SURNAME], before=Reader(["thoughts"]))
    assert faults(read('<think>{"Фамилия": "Петров"')) == {SURNAME: UNCLOSED}
    assert values(read('<think>{"Фамилия": "Петров"}</think>{"Фамилия": "Иванов"}')) == {SURNAME: "Иванов"}


@pytest.mark.parametrize("keys", [[], [SURNAME, SURNAME]])
def test_a_record_names_each_field_once(keys: list[str]) -> None:
    with pytest.raises(PromptfitError, match="name each of its fields once"):
        RecordReader(keys)


def test_hostile_answers_are_read() -> None:
    """In time that is linear in them: quadratic, one of these would take minutes."""
    million, tenth = 1_000_000, 100_000
    bombs = ["[", "{", '{"', '{"Имя":', '{"Имя":"}","Фамилия":', "[{", '"{', "{ "]
    for one in bombs:
        assert not values(READ(one * (million // len(one)))), one
    starts = ['{"Имя": "', "{'Имя': ", '{"Имя": [', "{Имя: ", "{", "{“Имя”: “"]
    tails = [
        'b", c ',
        "b, ",
        '"',
        "' ",
        '", ',
        "/*",
        "//",
        "\\",
        "0,",
        "w.",
        " ",
        "}",
        "x” “",
        '", w w w ',
        "```",
        "...,",
    ]
    for start in starts:
        for tail in tails:
            READ(start + tail * (tenth // len(tail)))
    reading = READ('{"Имя": "Пётр", "Фамилия": "Иванов", ' + '"Имя": "Пётр", ' * (tenth // 15))
    assert values(reading) == {SURNAME: "Иванов", NAME: "Пётр"} and not reading.parsed
    assert values(READ(f'{{"Имя": "{"я" * million}", "Фамилия": ""}}'))[NAME] == "я" * million
    assert len(READ("{" + ", ".join(f'"ключ {n}": {n}' for n in range(500)) + "}").extra) == 500
    READ('{"' + "а" + "\u0301" * million + '": 1}')


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=8,
)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
TEXTS = st.text(st.characters(exclude_categories=()) | st.sampled_from("{}[]\"':,;\\/*`“”.= \n01"))


def node(value: object) -> Node:
    """What a JSON value is read as."""
    if isinstance(value, dict):
        return Members([(key, node(one)) for key, one in value.items()])
    if isinstance(value, list):
        return [node(one) for one in value]
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return value
    return Number(json.dumps(value))


def said(value: object) -> str:
    return "" if value is None else value if isinstance(value, str) else json.dumps(value)


@PROPERTY
@given(SCALARS, SCALARS, st.booleans(), st.sampled_from([None, 2]))
def test_well_formed_values_come_back_equal(one: object, two: object, ascii_only: bool, indent: int | None) -> None:
    text = json.dumps({SURNAME: one, NAME: two}, ensure_ascii=ascii_only, indent=indent)
    reading = READ(text)
    assert values(reading) == {SURNAME: said(one), NAME: said(two)}
    assert reading.faithful and not reading.repairs


@PROPERTY
@given(JSON)
def test_nested_values_come_back_equal(value: object) -> None:
    reading = READ(json.dumps({SURNAME: [value, value], NAME: ""}, ensure_ascii=False))
    assert json.loads(values(reading)[SURNAME]) == [value, value]


@PROPERTY
@given(st.dictionaries(st.text(), JSON, min_size=1) | st.lists(JSON), st.booleans(), st.sampled_from([None, 1]))
def test_patience_changes_nothing_in_what_is_well_formed(value: object, ascii_only: bool, indent: int | None) -> None:
    text = json.dumps(value, ensure_ascii=ascii_only, indent=indent)
    parser = TolerantParser(text, 0)
    found = parser.run()
    strict, end = decoded(text, 0)
    assert found == strict == node(value) and parser.place == end == len(text)
    assert not +parser.repairs


@PROPERTY
@given(TEXTS)
def test_no_text_raises(text: str) -> None:
    for one in (text, f'{{"Имя": {text}', f'{{"Имя": "{text}', f"{{'Имя': [{text}]}}", f"{{{text}: 1, Фамилия: 2"):
        reading = READ(one)
        assert list(reading.fields) == [SURNAME, NAME]
        "".join(one.value for one in reading.fields.values()).encode()


@PROPERTY
@given(JSON, JSON, st.data())
def test_a_prefix_gives_the_fields_that_were_whole(one: object, two: object, data: st.DataObject) -> None:
    head = '{"Фамилия": ' + json.dumps(one, ensure_ascii=False)
    text = head + ', "Имя": ' + json.dumps(two, ensure_ascii=False) + "}"
    length = data.draw(st.integers(1, len(text) - 1))
    whole, reading = READ(text), READ(text[:length])
    assert not reading.parsed
    if length > len(head):
        assert reading.fields[SURNAME] == whole.fields[SURNAME]
    for key, read in reading.fields.items():
        assert read == whole.fields[key] or read == Reading("", CUT_OFF), key


def test_the_deepest_that_is_read() -> None:
    for deep, fault in ((DEEPEST - 1, ""), (DEEPEST, TOO_DEEP)):
        for mend in ("", ","):
            text = '{"Фамилия": "Иванов", "Имя": ' + "[" * deep + "1, 2" + "]" * deep + mend + "}"
            assert READ(text).fields[NAME].fault == fault
