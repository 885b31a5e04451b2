"""Records as samples: what they hold, in which order, and what is refused."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from promptfit.data.reader import Dataset
from promptfit.data.records import asked
from promptfit.data.schemas.dataset_schema import completed
from promptfit.types import Field, PromptfitError, Sample

QUESTION = "Верни JSON. Поля: {keys} ({doc_type})"


def sample(document: str, doc_type: str, question: str, answer: str, image: str = "") -> Sample:
    image = image or f"{document}.png"
    return Sample(document, Path(image), image, f"Что: {question}?", answer, Field(doc_type, question), "search")


PASSPORT = [
    sample("1", "passport", "Фамилия", "Иванов"),
    sample("1", "passport", "Пол", "М"),
    sample("2", "passport", "Пол", "Ж"),
    sample("2", "passport", "Фамилия", "Петрова-Водкина"),
]
SNILS = [sample("3", "СНИЛС", "", "123"), sample("3", "СНИЛС", "Дата рождения", "01.02.2003")]


def dataset(samples: list[Sample]) -> Dataset:
    return Dataset("own", Path(), tuple(samples), False, "d", schema=completed({}, samples))


def test_a_record_has_the_fields_of_its_document_in_the_schemas_order() -> None:
    found = asked(dataset([*PASSPORT, *SNILS]), "record", QUESTION)
    assert [one.field.name for one in found.samples] == ["passport *", "passport *", "СНИЛС *"]
    second = found.samples[1]
    assert second.question == "Верни JSON. Поля: Фамилия, Пол (passport)"
    assert json.loads(second.answer) == {"Фамилия": "Петрова-Водкина", "Пол": "Ж"}
    assert second.record and second.record.samples == (PASSPORT[3], PASSPORT[2])
    assert found.resolve("passport *") == Field("passport", "*")
    last = found.samples[2].record
    assert last and last.keys == ("СНИЛС", "Дата рождения"), "a field without a question type is called by its type"


def test_an_edit_of_a_short_field_counts_for_more() -> None:
    record = asked(dataset(PASSPORT), "record", QUESTION).samples[0].record
    assert record and record.weights == (round(1000 / ((6 + 15) / 2)), 1000)


def test_both_stand_side_by_side_and_fields_alone_are_as_they_were() -> None:
    data = dataset(PASSPORT)
    assert asked(data, "fields", QUESTION) is data
    assert [one.field.name for one in asked(data, "both", QUESTION).samples][3:] == ["passport Фамилия"] + [
        "passport *"
    ] * 2


def test_captures_and_what_a_document_lacks() -> None:
    again = [replace(one, image=Path("1b.png"), image_digest="1b.png") for one in PASSPORT[:2]]
    found = asked(dataset([*PASSPORT[:2], *again, PASSPORT[2]]), "record", QUESTION).samples
    assert [(one.image.name, len(one.record.samples) if one.record else 0) for one in found] == [
        ("1.png", 2),
        ("1b.png", 2),
        ("2.png", 1),
    ]
    assert found[2].record and found[2].record.keys == ("Фамилия", "Пол"), "its key may be answered all the same"


def test_of_two_questions_about_a_field_the_first_counts() -> None:
    twice = [*PASSPORT[:2], replace(PASSPORT[0], question="Иначе?")]
    (found,) = asked(dataset(twice), "record", QUESTION).samples
    assert found.record and found.record.samples == (PASSPORT[0], PASSPORT[1])


def test_a_record_of_one_field_is_a_record_too() -> None:
    (found,) = asked(dataset([SNILS[1]]), "record", QUESTION).samples
    assert (
        found.answer == '{"Дата рождения": "01.02.2003"}' and found.record and found.record.keys == ("Дата рождения",)
    )


def test_what_is_refused() -> None:
    with pytest.raises(PromptfitError, match="ask=record only: there are fields, record, both"):
        asked(dataset(PASSPORT), "record only", QUESTION)
    same = [*SNILS, sample("3", "СНИЛС", "СНИЛС", "5")]
    with pytest.raises(PromptfitError, match='a record of СНИЛС has "СНИЛС" twice'):
        asked(dataset(same), "record", QUESTION)
