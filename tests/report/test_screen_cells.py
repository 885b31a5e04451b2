"""Cells of a screening: records field by field, and several true answers."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from promptfit.commands.screen import show
from promptfit.commands.shared import tables
from promptfit.data.reader import Dataset
from promptfit.data.records import asked
from promptfit.data.schemas.dataset_schema import completed
from promptfit.evaluate.scoring import Scoring
from promptfit.report import page
from promptfit.report.screen_cells import ScreenQuestion, cell
from promptfit.report.screening import Screened, Screening
from promptfit.types import Answer, Field, NoAnswer, Sample

SURNAME, SEX = Field("passport", "Фамилия"), Field("passport", "Пол")
SAMPLES = tuple(
    Sample(str(n), Path(f"{n}.png"), str(n), "Что?", truth, field, "search")
    for n, truths in enumerate([("Иванов", "М"), ("Петрова-Водкина", "Ж")])
    for field, truth in zip((SURNAME, SEX), truths, strict=True)
)
DATA = Dataset("own", Path(), SAMPLES, False, "d", schema=completed({}, SAMPLES))
RECORDS = asked(DATA, "record", "Верни JSON").samples


def question(sample: Sample) -> ScreenQuestion:
    return ScreenQuestion(sample.image, sample.image_digest, sample.question, sample)


def screening(*said: str) -> Screening:
    questions = tuple(map(question, RECORDS))
    cells = tuple(cell(one, Answer(text), Scoring()) for one, text in zip(questions, said, strict=True))
    return Screening(datetime(2026, 11, 27), questions, (Screened("model", cells),))


FOUND = screening('{"Фамилия": "Иванова", "Пол": "М",}', '{"Фамилия": "Петрова-Водкина"}')


def test_a_record_is_shown_field_by_field_and_its_cer_is_their_mean() -> None:
    first, second = FOUND.candidates[0].cells
    assert [(one.key, one.reading.value, one.differences) for one in first.fields] == [
        ("Фамилия", "Иванова", (("same", "Иванов"), ("extra", "а"))),
        ("Пол", "М", ()),
    ]
    assert first.cer == pytest.approx((1 / 6 + 0) / 2) and first.reading.notes == ("extra comma",)
    assert second.cer == pytest.approx((0 + 1) / 2) and second.reading.notes == ("no such key",)
    assert FOUND.questions[0].truth == "Фамилия: Иванов\nПол: М"


def test_records_of_a_candidate_are_pooled_by_field() -> None:
    (one,) = FOUND.candidates
    assert one.cer is None and one.record_cer == pytest.approx((1 / 21 + 1 / 2) / 2)
    assert one.figures()["record_cer"] == one.record_cer and "cer" not in one.figures()
    alone = cell(question(SAMPLES[0]), Answer("Иванова"), Scoring())
    both = replace(one, cells=(*one.cells, alone))
    assert both.cer == pytest.approx(1 / 6) and both.record_cer == one.record_cer


def test_no_answer_and_no_record_in_it() -> None:
    assert cell(question(RECORDS[0]), NoAnswer("away"), Scoring()).fields == ()
    talk = cell(question(RECORDS[0]), Answer("Это паспорт Иванова"), Scoring())
    assert talk.reading.fault == "no JSON" and talk.cer == 1 and talk.raw == "Это паспорт Иванова"


def test_page_and_console_show_fields_notes_and_cer(capsys: pytest.CaptureFixture[str]) -> None:
    html = page.screen_page(FOUND, "en")
    assert "<dt>Фамилия</dt>" in html and "Иванов<ins>а</ins>" in html
    assert "extra comma" in html and "empty answer (no such key)" in html
    assert "CER of records" in html and "0.274" in html and "CER 0.08" in html
    assert "Фамилия: Иванов\nПол: М" in html and "mean over its fields" in html
    tables.console().print(show.answers(FOUND))
    tables.console().print(show.summary(FOUND))
    out = capsys.readouterr().out
    assert "Фамилия: Иванова" in out and "Пол: (no such key)" in out and "(extra comma)" in out
    assert "record CER" in out and "0.274" in out


def test_without_records_nothing_is_said_of_them() -> None:
    sample = SAMPLES[0]
    one = Screened("model", (cell(question(sample), Answer("Иванов"), Scoring()),))
    html = page.screen_page(Screening(datetime(2026, 11, 27), (question(sample),), (one,)), "en")
    assert "records" not in html and "record_cer" not in one.figures()


def test_of_several_truths_all_are_shown_and_the_nearest_is_marked() -> None:
    sample = replace(SAMPLES[0], accepted=("ИВАНОВ", "Ivanov"))
    found = cell(question(sample), Answer("Ivanow"), Scoring())
    assert question(sample).truth == "Иванов / ИВАНОВ / Ivanov"
    assert found.differences == (("same", "Ivano"), ("missing", "v"), ("extra", "w")) and found.cer == pytest.approx(
        1 / 6
    )
