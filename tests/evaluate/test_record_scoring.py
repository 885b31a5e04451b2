"""A record's answer: every field read out of it and scored as if it were alone; the record's CER is their mean."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import jiwer
import pytest

from promptfit.data.reader import Dataset
from promptfit.data.records import asked, record_of
from promptfit.data.schemas.dataset_schema import completed
from promptfit.evaluate.overall import overall, score_of
from promptfit.evaluate.scoring import Scoring
from promptfit.readers.steps import Reader
from promptfit.score.aggregate import of_fields
from promptfit.types import Answer, Field, Sample, Scored

TRUTHS = [("Иванов", "М"), ("Петрова-Водкина", "Ж"), ("Долгопят", "М")]
FIELDS = Field("passport", "Фамилия"), Field("passport", "Пол")
SAMPLES = [
    Sample(str(at), Path(f"{at}.png"), f"{at}", "Что?", truth, field, "search")
    for at, truths in enumerate(TRUTHS)
    for field, truth in zip(FIELDS, truths, strict=True)
]
DATA = Dataset("own", Path(), tuple(SAMPLES), False, "d", schema=completed({}, SAMPLES))
RECORDS = asked(DATA, "record", "Верни JSON").samples


def scored(*texts: str, reader: Sequence[str] = ("plain",)) -> list[Scored]:
    return Scoring(reader=Reader(reader)).scored(RECORDS[: len(texts)], [Answer(text) for text in texts])


def said(*values: Mapping[str, object]) -> list[Scored]:
    return scored(*(json.dumps(one, ensure_ascii=False) for one in values))


ANSWERS = said(
    {"Фамилия": "Иванова", "Пол": "М"},
    {"Фамилия": "Петрова", "Пол": "женский"},
    {"Фамилия": "Долгопят", "Пол": "М"},
)


def test_the_cer_is_the_mean_over_the_fields_each_as_jiwer_has_it() -> None:
    fields = of_fields(ANSWERS)
    each = [
        jiwer.cer([one.sample.answer for one in own], [one.reading.value for one in own]) for own in fields.values()
    ]
    score = score_of(ANSWERS)
    assert score.cer == pytest.approx(sum(each) / 2, abs=1e-12)
    assert score.cer == pytest.approx((9 / 29 + 7 / 3) / 2)
    assert (score.samples, score.documents, score.values["fidelity"]) == (3, 3, 1.0)
    assert score.values["exact"] == pytest.approx((1 / 3 + 2 / 3) / 2)


def test_fields_in_a_record_are_scored_as_if_they_were_alone() -> None:
    parts = [part for one in ANSWERS for part in one.parts]
    alone = Scoring().scored([one.sample for one in parts], [Answer(one.reading.value) for one in parts])
    assert [one.counts for one in parts] == [one.counts for one in alone]
    assert [one.sample for one in parts] == SAMPLES, "so that both ways are compared on the same samples"


def test_a_field_that_a_records_prompt_asks_for_is_read_out_of_the_record() -> None:
    asked_so = [replace(one, record=record_of(DATA.schema, "passport")) for one in SAMPLES[:2]]
    text = '{"Фамилия": "Иванов", "Пол": "М"}'
    assert [one.reading.value for one in Scoring().scored(asked_so, [Answer(text)] * 2)] == ["Иванов", "М"]


def test_whole_numbers_rank_prompts_as_the_mean_over_fields_does() -> None:
    long = said({"Фамилия": "Ивановааа", "Пол": "М"})[0]
    short = said({"Фамилия": "Иванов", "Пол": "Ж"})[0]
    assert short.counts.edits > long.counts.edits, "one wrong letter of one is worse than three of six"
    assert all(float(amount).is_integer() for amount, _ in short.counts.parts.values() if amount != 0.5)


@pytest.mark.parametrize(
    ("text", "values", "fault", "notes", "faithful"),
    [
        ('{"Фамилия": "Иванов", "Пол": "М"}', ["Иванов", "М"], "", (), 1),
        ('```json\n{"Фамилия": "Иванов", "Пол": "М",}\n```', ["Иванов", "М"], "", ("fence", "extra comma"), 1),
        ('{"Фамилия": "Иванов"}', ["Иванов", ""], "", ("no such key",), 0),
        ('{"Фамилия": "Иванов", "Пол": "М", "Рост": 180}', ["Иванов", "М"], "", ("extra key",), 0),
        ("Иванов, мужской", ["", ""], "no JSON", ("no JSON",), 0),
        ('{"Фамилия": "Иванов", "Пол": "', ["Иванов", ""], "", ("cut off",), 0),
        ("", ["", ""], "no JSON", ("no JSON",), 0),
    ],
)
def test_what_an_answer_lacks_is_named(
    text: str, values: list[str], fault: str, notes: tuple[str, ...], faithful: int
) -> None:
    (one,) = scored(text)
    assert [part.reading.value for part in one.parts] == values
    assert one.reading.fault == fault and set(notes) <= set(one.reading.notes)
    assert one.counts.parts["fidelity"] == (faithful, 1)
    assert one.counts.exact == (values == ["Иванов", "М"])


def test_thoughts_are_taken_off_first() -> None:
    text = '<think>{"Фамилия": "Петров"}</think>{"Фамилия": "Иванов", "Пол": "М"}'
    (one,) = scored(text, reader=("thoughts",))
    assert one.counts.exact
    (open_ended,) = scored("<think>Иванов…", reader=("thoughts",))
    assert open_ended.reading.fault == "unclosed thought"


def test_a_collection_of_records_is_scored_by_its_fields() -> None:
    whole = overall({RECORDS[0].field: ANSWERS})
    assert whole.macro.cer == score_of(ANSWERS).cer
    assert whole.pooled.samples == 6
