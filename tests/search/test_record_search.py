"""What a search of records adds to one of fields: the guard, the mistakes, the phrases, the last pass."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from promptfit.build import instantiate
from promptfit.data.reader import Dataset
from promptfit.data.records import asked
from promptfit.data.schemas.dataset_schema import completed
from promptfit.evaluate.overall import score_of
from promptfit.evaluate.scoring import Scoring
from promptfit.search.history import History
from promptfit.search.leaks import guard_of, truths
from promptfit.search.mistakes import describe, mistakes
from promptfit.search.shorten import without_each_sentence
from promptfit.search.strategies.edits.bank import words_of
from promptfit.search.strategies.edits.consistency import RecordForms
from promptfit.support.system_text import joined
from promptfit.types import Answer, Field, Prompt, Sample, Trial

CONF = Path(__file__).parents[2] / "conf/strategy/edits.yaml"
TRUTHS = [("Иванов", "01.02.2003"), ("Долгопят", "11.12.1999"), ("Петрова", "03.04.1985")]
FIELDS = Field("passport", "Фамилия"), Field("passport", "Дата")
SAMPLES = [
    Sample(str(at), Path(f"{at}.png"), f"{at}", "?", truth, field, "search")
    for at, own in enumerate(TRUTHS)
    for field, truth in zip(FIELDS, own, strict=True)
]
RECORDS = asked(
    Dataset("own", Path(), tuple(SAMPLES), False, "d", schema=completed({}, SAMPLES)), "record", "Верни JSON"
).samples
RECORD = Field("passport", "*")


def trial(*texts: str, prompt: str = "Верни JSON") -> Trial:
    scored = tuple(Scoring().scored(RECORDS, [Answer(text) for text in texts]))
    return Trial(RECORD, Prompt(prompt), 0, score_of(scored), scored, True, len(scored))


WRONG = trial('{"Фамилия": "ИВАНОВ", "Дата": "01.02.2003"}', '{"Фамилия": "Долгопят"}', "Петрова")


def test_no_fields_true_answer_may_stand_in_a_records_prompt() -> None:
    guard = guard_of(RECORD, RECORDS)
    assert guard.leak("Верни JSON, например Долгопят") == "долгопят"
    assert guard.leak("Дата вида 11.12.1999") != ""
    assert guard.leak("Верни JSON. Поля: Фамилия, Дата (passport)") == ""


def test_mistakes_are_told_field_by_field_in_turns() -> None:
    told = [str(one) for one in mistakes(WRONG.scored, 4)]
    assert told[0].startswith("Дата: expected: '11.12.1999' | answered: '' (no such key)")
    assert [one.partition(":")[0] for one in told] == ["Дата", "Фамилия", "Дата", "Фамилия"]
    line = describe(WRONG)
    assert (
        "(Фамилия 0.5714, Дата 0.6667" in line
        and "no JSON in 1 of 3 answers" in line
        and "no such key in 1 of 3" in line
    )


def test_phrases_for_records_name_all_keys_and_forms_may_be_of_different_fields() -> None:
    node = yaml.safe_load(CONF.read_text("utf-8"))
    edits = instantiate(node)
    words = words_of(RECORDS[0])
    assert words == {"q": "passport", "keys": "Фамилия, Дата"}
    texts = {edits.record_bank.render((phrase,), words) for phrase in edits.record_bank.phrases}
    assert "Поля: Фамилия, Дата" in texts and not any("{" in text for text in texts)
    forms = RecordForms(truths(SAMPLES), node["requires"])
    both = [one for one in edits.record_bank.phrases if one.text in ("Дата в формате ДД.ММ.ГГГГ", "С заглавной буквы")]
    none = [one for one in edits.record_bank.phrases if one.text == "Заглавными буквами"]
    assert len(both) == 2 and forms.holds(tuple(both)) and not forms.holds((*both, *none))
    start = edits.record_bank.start
    assert edits.record_bank.parse("Верни JSON. Поля: Фамилия, Дата", words)[:1] == start


EXPERT, EXACT, ASK, ONLY = "Ты — эксперт.", "Будь точен.", "Верни JSON.", "Только JSON"


@pytest.mark.parametrize(
    ("prompt", "shorter"),
    [
        (f"{ASK} {ONLY}", [ONLY, ASK]),
        (joined(f"{EXPERT} {EXACT}", ASK), [joined(EXACT, ASK), joined(EXPERT, ASK)]),
        (joined(EXPERT, f"{ASK} {ONLY}"), [joined(EXPERT, ONLY), joined(EXPERT, ASK)]),
    ],
)
def test_the_last_pass_cuts_either_text_and_never_the_marks(prompt: str, shorter: list[str]) -> None:
    own = trial(*(["{}"] * 3), prompt=prompt)
    found = without_each_sentence(History(RECORD, (own,), own, {}, 100))
    assert [one.text for one in found] == shorter
