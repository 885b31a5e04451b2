"""The JSON Schema of a record, as answers are held to it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from promptfit.data.schemas.dataset_schema import Schema, completed
from promptfit.data.schemas.json_schema import record_schema
from promptfit.data.schemas.stated import StatedField
from promptfit.types import Field, PromptfitError, Sample

SEX = Field("passport", "Пол")
WORDS = (("мужской", "муж"), ("женский", "жен"))


def schema(truths: dict[Field, list[str]], stated: dict[Field, StatedField] | None = None) -> Schema:
    return completed(
        stated or {},
        [Sample(text, Path("a.png"), "", "", text, field, "all") for field, own in truths.items() for text in own],
    )


def test_it_is_an_object_with_all_fields_in_the_order_of_the_record_and_no_others() -> None:
    truths = {Field("СНИЛС", "Фамилия"): ["Ян"], Field("СНИЛС", ""): ["012-345"], Field("СНИЛС", "Дата"): ["1.2.1990"]}
    text = record_schema(schema(truths).of("СНИЛС"))
    value = '{"type":["string","null"]}'
    assert text == (
        f'{{"type":"object","properties":{{"Фамилия":{value},"СНИЛС":{value},"Дата":{value}}},'
        '"required":["Фамилия","СНИЛС","Дата"],"additionalProperties":false}'
    ), "digits are texts, too: values are copied as they are printed"


def test_the_schema_file_says_order_and_meaning() -> None:
    name, born = Field("passport", "Имя"), Field("passport", "Дата")
    stated = {born: StatedField("date", description='день "рождения"'), name: StatedField()}
    made = json.loads(record_schema(schema({name: ["Ян"], born: ["1.2.1990"]}, stated).of("passport")))
    assert list(made["properties"]) == made["required"] == ["Дата", "Имя"]
    assert made["properties"]["Дата"]["description"] == 'день "рождения"'
    assert "description" not in made["properties"]["Имя"]


@pytest.mark.parametrize(
    ("truths", "enum"),
    [
        (["муж", "женский", " муж ", "", "нет", "-"], ["мужской", "муж", "женский", "жен", None]),
        (["муж", "МУЖ.", "жен"], None),
    ],
)
def test_a_choice_is_one_of_its_words_where_all_truths_are_written_so(
    truths: list[str], enum: list[str | None] | None
) -> None:
    made = schema({SEX: truths}, {SEX: StatedField("choice", choices=WORDS)})
    value = json.loads(record_schema(made.of("passport")))["properties"]["Пол"]
    assert value == {"type": ["string", "null"]} | ({"enum": enum} if enum else {})


def test_a_choice_that_was_inferred_has_the_words_of_its_truths() -> None:
    colours = Field("car", "Цвет")
    made = json.loads(record_schema(schema({colours: ["красный", "синий"] * 5}).of("car")))
    assert made["properties"]["Цвет"]["enum"] == ["красный", "синий", None]


def test_a_record_with_one_key_for_two_fields_or_with_none_is_refused() -> None:
    assert (Field("СНИЛС", "").key, Field("СНИЛС", "Имя").key) == ("СНИЛС", "Имя")
    with pytest.raises(PromptfitError, match='a record of СНИЛС has "СНИЛС" twice'):
        record_schema(schema({Field("СНИЛС", ""): ["1"], Field("СНИЛС", "СНИЛС"): ["2"]}).of("СНИЛС"))
    with pytest.raises(PromptfitError, match="without fields"):
        record_schema(schema({}).of("СНИЛС"))
