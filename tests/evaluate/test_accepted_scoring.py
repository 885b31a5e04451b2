"""Answers against several true answers: counts are those of the best, and people see the nearest."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from promptfit.commands.shared import chain_gain
from promptfit.data.reader import Dataset
from promptfit.data.records import asked
from promptfit.data.schemas.dataset_schema import completed
from promptfit.evaluate.obtained import Obtained
from promptfit.evaluate.overall import score_of
from promptfit.evaluate.scoring import Scoring
from promptfit.tracking.logged import predictions
from promptfit.types import Answer, Field, Prompt, Sample, Scored, Trial

STREET, HOUSE = Field("passport", "Улица"), Field("passport", "Дом")


def sample(document: str, *truths: str, field: Field = STREET) -> Sample:
    return Sample(document, Path(f"{document}.png"), document, "Что?", truths[0], field, "search", accepted=truths[1:])


MIRA = sample("1", "ул. Мира", "улица Мира", "Мира ул.")


def scored(one: Sample, text: str) -> Scored:
    (found,) = Scoring().scored([one], [Answer(text)])
    return found


@pytest.mark.parametrize(
    ("text", "edits", "expected"),
    [
        ("улица Мира", 0, "улица Мира"),
        ("Улица Мира", 1, "улица Мира"),
        ("Мира ул", 1, "Мира ул."),
        ("ул. Мира", 0, "ул. Мира"),
        ("", 8, "ул. Мира"),
    ],
)
def test_the_nearest_one_counts_and_is_shown(text: str, edits: int, expected: str) -> None:
    found = scored(MIRA, text)
    assert (found.counts.edits, found.counts.chars, found.expected) == (edits, 8, expected)
    assert predictions([found])[0][2] == expected


def test_with_one_truth_nothing_is_kept_beside_it() -> None:
    found = scored(sample("2", "ул. Мира"), "улица")
    assert found.nearest is None and found.expected == "ул. Мира"


def test_a_records_fields_have_each_their_own() -> None:
    samples = (MIRA, sample("1", "5", "пять", field=HOUSE))
    data = Dataset("own", Path(), samples, False, "d", schema=completed({}, samples))
    (record,) = asked(data, "record", "Верни JSON").samples
    assert record.answer == '{"Улица": "ул. Мира", "Дом": "5"}', "the first ones, for people to read"
    assert record.truths == (record.answer,)
    found = scored(record, '{"Улица": "улица Мира", "Дом": "пять"}')
    assert found.counts.exact and score_of([found]).cer == 0
    wrong = scored(record, '{"Улица": "улица Мирa", "Дом": "пят"}')
    assert [part.expected for part in wrong.parts] == ["улица Мира", "пять"]
    assert score_of([wrong]).cer == pytest.approx((1 / 8 + 1 / 1) / 2)
    assert [part.counts.edits for part in wrong.parts] == [1, 1]


def test_what_is_counted_anew_is_counted_against_all_of_them() -> None:
    obtained = Obtained()
    obtained.scored(scored(MIRA, "```\nулица Мира\n```"), Scoring().chain)
    assert obtained.figures()["answers_wrapped"] == 1
    spaced = [scored(MIRA, "улица\u00a0Мира"), scored(replace(MIRA, document="2"), "Мира ул.")]
    trial = Trial(STREET, Prompt("?"), 0, score_of(spaced), tuple(spaced), finished=True, requests=2)
    assert "0.0625 -> 0.0000" in "".join(chain_gain.told([trial], Scoring()))
