"""What values are is seen in their truths: of the drawn data sets, and of others, rule by rule."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from promptfit.data.schemas.inferred import kind_of
from promptfit.data.schemas.stated import StatedField
from promptfit.data.synth.documents import TRUTH
from promptfit.types import ABSENT

PROJECT = Path(__file__).resolve().parents[3]
CASES = json.loads((Path(__file__).parent / "cases" / "inferred.json").read_text("utf-8"))
DRAWN = {
    "passport Серия и номер паспорта": ("code", "0000000000"),
    "passport Фамилия": ("name", ""),
    "passport Имя": ("name", ""),
    "passport Отчество": ("name", ""),
    "passport Пол": ("choice", ""),
    "passport Дата рождения": ("date", "dd.MM.yyyy"),
    "passport Место рождения": ("text", ""),
    "СНИЛС": ("code", "000-000-000 00"),
    "СНИЛС Фамилия": ("name", ""),
    "СНИЛС Имя": ("name", ""),
    "СНИЛС Отчество": ("name", ""),
    "СНИЛС Дата рождения": ("date", "dd.MM.yyyy"),
    "invoice Номер счет-фактуры": ("code", ""),
    "invoice Дата счет-фактуры": ("date", "yyyy-MM-dd"),
    "invoice Продавец": ("text", ""),
    "invoice Покупатель": ("text", ""),
    "invoice Сумма": ("amount", "0.00"),
}


@pytest.mark.parametrize("name", ["mini", "large", "diverse"])
def test_the_drawn_data_sets_need_no_schema_file(name: str) -> None:
    file = PROJECT / "data" / name / "annotation.csv"
    if not file.is_file():
        pytest.skip("the drawn data sets are not here; `dvc pull data.dvc` fetches them")
    truths: dict[str, list[str]] = {}
    with file.open(encoding="utf-8-sig", newline="") as lines:
        for row in csv.DictReader(lines, delimiter=";"):
            truths.setdefault(f"{row['doc_class']} {row['question_type']}".strip(), []).append(row["answer"])
    found = {field: kind_of(own, StatedField()) for field, own in truths.items()}
    assert {field: (kind.type, kind.format) for field, kind in found.items()} == DRAWN
    assert [one[0] for one in found["passport Пол"].choices] == ["женский", "мужской"]
    assert all("м" in one or "ж" in one for one in found["passport Пол"].choices)


def test_every_drawn_field_is_held() -> None:
    assert {f"{doc_type} {one}".strip() for doc_type, own in TRUTH.items() for one in own} == set(DRAWN)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_case(case: dict[str, Any]) -> None:
    found = kind_of(case["truths"] * case.get("times", 1), StatedField())
    assert (found.type, found.format) == (case["type"], case.get("format", ""))


def test_what_is_stated_stays() -> None:
    stated = StatedField("text", "", ("прочерк",))
    found = kind_of(["01.02.2020", "прочерк"], stated)
    assert (found.type, found.format, found.absent) == ("text", "", ("прочерк",))
    assert kind_of(["01.02.2020"], StatedField("date")).format == "dd.MM.yyyy"
    assert kind_of(["б", "а", "б", "нет"], StatedField("choice")).choices == (("а",), ("б",))
    assert kind_of([], StatedField()).absent == ABSENT
