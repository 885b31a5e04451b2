"""A text of a million characters, wherever an answer goes: within a gigabyte and twenty seconds, and cut in words."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostile_texts import LONG
from limited import limited
from promptfit.evaluate.scoring import Scoring
from promptfit.readers.steps import STEPS, Reader
from promptfit.report.differences import EXTRA, MISSING, MORE, runs
from promptfit.report.screen_cells import ScreenQuestion, cell
from promptfit.score import pairs
from promptfit.score.cer import count
from promptfit.score.metrics import CER
from promptfit.score.normalize import Chain
from promptfit.study.errors.first_cause import charge
from promptfit.support.enumerated import start
from promptfit.support.http import error_reply
from promptfit.support.texts import normalized
from promptfit.tracking import logged
from promptfit.types import Answer, Field, Sample

EVERYWHERE = """
import sys, tempfile
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from hostile_texts import LONG
from promptfit.commands.screen import show
from promptfit.commands.shared import tables
from promptfit.evaluate.scoring import Scoring
from promptfit.generate import proposals
from promptfit.readers.steps import STEPS, Reader
from promptfit.report.page import screen_page
from promptfit.report.screen_cells import ScreenQuestion, cell
from promptfit.report.screening import Screened, Screening
from promptfit.score.normalize import STEPS as CHAIN, Chain
from promptfit.search.leaks import Guard
from promptfit.search.mistakes import Mistake, mistakes
from promptfit.study.errors.first_cause import charge
from promptfit.support.console.door import inert
from promptfit.support.files.formulas import guard, unguard
from promptfit.support.files.table import read_table
from promptfit.support.files.writing import write_table
from promptfit.support.http import error_reply, server_reply
from promptfit.support.manual.pasted_reply import plain
from promptfit.tracking import logged
from promptfit.types import Answer, Field, Prompt, Sample, Scored, Trial

text = LONG[sys.argv[1]](int(sys.argv[2]))
for name in STEPS:
    Reader([name])(text)
for step in CHAIN:
    Chain([step])(text)
scoring, folder = Scoring(Chain(), Reader(["thoughts", "fence"])), Path(tempfile.mkdtemp())
cells = []
for truth in ("Иванов", "208-689-282 08", "15.06.1940", "Иванов " * 40):
    charge(truth, text, ("Пётр", "Мария"))
    sample = Sample("d", Path("a.png"), "", "", truth, Field("СНИЛС", ""), "search")
    question = ScreenQuestion(Path("a.png"), "", "Что?", sample)
    cells.append(cell(question, Answer(text), scoring))
charge(text, text[::-1], ())
cell(ScreenQuestion(Path("a.png"), "", text, replace(sample, answer=text)), Answer(text[::-1]), scoring)
found = Screening(datetime.now(), (question,), (Screened("m", (cells[-1],)),))
page = screen_page(found, "ru")
assert len(page) < 1_500_000, len(page)
tables.console().print(show.answers(found))
sample = Sample("d", Path("a.png"), "", "", "Иванов", Field("СНИЛС", ""), "search")
scored = [Scored(sample, Answer(text), cells[0].reading, cells[0].counts)]
str(mistakes(scored, 1)[:1])
tables.say(text, f"promptfit: {text}")
assert len(str(logged.predictions(scored))) and len(logged.cell(text)) < 11_000
write_table(folder / "t.csv", ["a"], [[text]]) if "\\ud800" not in text else None
assert unguard(guard(text)) == text
plain(text)
proposals.read(text, 3)
Guard(["Иванов", "Пётр"]).leak(text)
str(error_reply.of_status(400, text, {}, ""))
str(error_reply.of_status(500, '{"error": ' + text, {}, ""))
"""


def everywhere(kind: str, size: int) -> str:
    """Sends a text through all of it, in a process with limits."""
    return limited(EVERYWHERE, kind, str(size))


@pytest.mark.parametrize("kind", ["one letter", pytest.param("accents", marks=pytest.mark.slow), "addresses"])
def test_the_worst_of_a_million_characters_are_borne(kind: str) -> None:
    assert "more characters" in everywhere(kind, 10**6)


@pytest.mark.slow
@pytest.mark.parametrize("kind", LONG)
def test_a_million_characters_of_any_kind_are_borne(kind: str) -> None:
    assert "more characters" in everywhere(kind, 10**6)


@pytest.mark.parametrize("kind", LONG)
def test_every_kind_is_read_and_scored(kind: str) -> None:
    text = LONG[kind](3000)
    (counts,) = count(["Иванов"], [Reader(list(STEPS))(text).value], Chain())
    sample = Sample("d", Path("a.png"), "", "", "Иванов", Field("СНИЛС", ""), "search")
    found = cell(ScreenQuestion(Path("a.png"), "", "", sample), Answer(text), Scoring(Chain(), Reader()))
    charged = charge("Иванов", Chain()(text), ())
    assert counts.parts["cer"][1] == 6
    assert sum(charged.charges.values()) == (found.counts.edits if found.counts else -1)


def test_differences_of_a_long_answer_say_how_much_is_left_out() -> None:
    found = runs("Иванов", "Иванов" + "а" * 999_994)
    assert found[0] == ("same", "Иванов") and found[-1] == (MORE, "998000")
    assert "".join(said for kind, said in found if kind not in (MISSING, MORE)) == "Иванов" + "а" * 1994
    assert runs("Иванов", "Иван")[-1] == (MISSING, "ов") and (EXTRA, "а") in runs("Иван", "Ивана")


def test_an_error_rate_is_exact_where_it_costs_little_and_never_too_low_elsewhere(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (exact,) = count(["0123456789"], ["0123456789" + "a" * 999_990], Chain())
    assert CER.of([exact]) == 99_999.0
    truth, answer = "абвгд" * 100, "абвд" * 300
    real = pairs.edits(truth, answer)
    monkeypatch.setattr(pairs, "MOST", 10**4)
    monkeypatch.setattr(pairs, "_SIDE", 100)
    assert real <= pairs.edits(truth, answer) <= max(len(truth), len(answer))
    assert pairs.edits("a" * 500, "a" * 500) == 400, "what is not compared counts as edits"


def test_what_is_too_long_to_be_taken_apart_has_one_cause_and_all_its_edits() -> None:
    truth, answer = "аб" * 10_000, "вг" * 10_000
    charged = charge(truth, answer, ())
    assert {cause.kind: edits for cause, edits in charged.charges.items()} == {"invented": 20_000}


@given(st.text("aéя\u0301\u0327\u0306カ\uff9e\u1100\u1161 ", max_size=40))
def test_a_normal_form_in_pieces_is_the_normal_form(text: str) -> None:
    for form in ("NFC", "NFD", "NFKC"):
        assert normalized(form, text * 3) == unicodedata.normalize(form, text * 3)


def test_a_long_text_in_another_form_is_the_same_text() -> None:
    text = "Ёлка й Café カ\u3099 Łódź " * 500
    for form in ("NFC", "NFKC"):
        assert normalized(form, unicodedata.normalize("NFD", text)) == unicodedata.normalize(form, text)


def test_a_cut_says_how_much_there_is() -> None:
    assert start("абв", 3) == "абв"
    assert start("а" * 1_000_000, 1000) == "а" * 1000 + "… and 999,000 more characters"
    assert logged.cell("а" * 20_000) == "а" * 10_000 + "… and 10,000 more characters" and logged.cell(1.5) == 1.5


def test_a_deep_error_of_a_server_is_its_words() -> None:
    assert "400" in str(error_reply.of_status(400, "[" * 100_000, {}, ""))
