"""JSON Schema, and what Pydantic makes of a model, say what fields are; hostile ones say why they do not."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Any, Literal

import pytest
from pydantic import BaseModel
from pydantic import Field as Described

from promptfit.data.schemas.foreign_schema import read_json_schema, stated_in
from promptfit.data.schemas.model_schema import is_dotted, model_schema
from promptfit.types import Field, PromptfitError


class Sex(Enum):
    """As the documents have it."""

    MALE = "мужской"
    FEMALE = "женский"


class Passport(BaseModel):
    """A model of a person's own."""

    born: date | None = Described(None, alias="Дата рождения", description="день рождения")
    sex: Sex = Described(alias="Пол")
    name: str = Described(alias="Имя")
    price: Decimal = Described(alias="Сумма")
    married: bool | None = Described(None, alias="В браке")
    kind: Literal["А", "Б"] = Described(alias="Вид")
    children: list[str] = Described(alias="Дети")


def types(
    schema: dict[str, Any], doc_type: str | None = None, known: tuple[str, ...] = ("passport",)
) -> dict[str, str]:
    return {field.name: one.type for field, one in stated_in(schema, known, doc_type).items()}


def test_a_pydantic_model_by_its_name() -> None:
    found = stated_in(model_schema(f"{__name__}.Passport"), ["passport"])
    names = {field.question_type: one for field, one in found.items()}
    assert {name: one.type for name, one in names.items()} == {
        "Дата рождения": "date",
        "Пол": "choice",
        "Имя": "",
        "Сумма": "number",
        "В браке": "boolean",
        "Вид": "choice",
        "Дети": "list",
    }
    assert [one[0] for one in names["Пол"].choices] == ["мужской", "женский"] and "м" in names["Пол"].choices[0]
    assert names["Дата рождения"].description == "день рождения"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("no_such_module_of_anybody.Passport", "put the folder that it lies in into PYTHONPATH"),
        (f"{__name__}.Nobody", "no Pydantic model of this name"),
        (f"{__name__}.Sex", "no Pydantic model of this name"),
    ],
)
def test_what_is_no_model_is_told(name: str, said: str) -> None:
    with pytest.raises(PromptfitError, match=said):
        model_schema(name)


def test_what_looks_like_a_model() -> None:
    assert is_dotted("shop.models.Passport") and not is_dotted("passport.json") and not is_dotted("a/b.c")


def test_one_schema_of_several_document_types() -> None:
    schema = {
        "$defs": {"Date": {"type": "string", "format": "date"}},
        "properties": {
            "passport": {"properties": {"Дата рождения": {"$ref": "#/$defs/Date"}}},
            "СНИЛС": {"properties": {"": {"type": ["string", "null"]}}},
        },
    }
    assert types(schema) == {"passport Дата рождения": "date", "СНИЛС": ""}


def test_which_document_type_it_is_of_is_asked_where_that_is_not_plain() -> None:
    schema = {"title": "СНИЛС", "properties": {"Имя": {"type": "string"}}}
    assert list(types(schema, known=("passport", "СНИЛС"))) == ["СНИЛС Имя"]
    assert list(types(schema, "invoice", ("passport", "СНИЛС"))) == ["invoice Имя"]
    with pytest.raises(PromptfitError, match=r"doc_type=…; there are: passport, invoice"):
        types(schema, known=("passport", "invoice"))


@pytest.mark.parametrize(
    ("schema", "said"),
    [
        ({}, "no properties"),
        ({"properties": ["Имя"]}, "no object of objects"),
        ({"properties": {"Имя": {"$ref": "#/$defs/no"}}}, "leads nowhere"),
        ({"properties": {"Имя": {"$ref": "https://example.org/x.json"}}}, "leads nowhere"),
        ({"$defs": {"a": {"$ref": "#/$defs/a"}}, "properties": {"Имя": {"$ref": "#/$defs/a"}}}, "in a circle"),
        (
            {"properties": {"Имя": {"type": "string"}, "Адрес": {"type": "object"}}},
            '"Адрес" of the schema is an object',
        ),
        ({"properties": {"Имя": {"enum": "a"}}}, "no list"),
    ],
)
def test_a_faulty_schema_is_told(schema: dict[str, Any], said: str) -> None:
    with pytest.raises(PromptfitError, match=said):
        stated_in(schema, ["passport"])


@pytest.mark.parametrize(
    "content",
    ["{", "[1]", "[" * 100_000, '{"properties": {"Имя": {}, "Имя": {}}}', '"' + "x" * 1_000_001 + '"', "NaN"],
    ids=["open", "list", "bomb", "twice", "large", "nan"],
)
def test_a_file_that_is_none_is_told(tmp_path: Path, content: str) -> None:
    file = tmp_path / "one.json"
    file.write_text(content, "utf-8")
    with pytest.raises(PromptfitError):
        read_json_schema(file)
    with pytest.raises(PromptfitError, match="cannot be read"):
        read_json_schema(tmp_path / "no.json")


def test_a_file_is_read(tmp_path: Path) -> None:
    file = tmp_path / "one.json"
    file.write_text(json.dumps({"properties": {"Имя": {"const": "Анна"}}}), "utf-8")
    found = stated_in(read_json_schema(file), ["passport"])
    assert found[Field("passport", "Имя")].choices == (("Анна",),)
