from __future__ import annotations

import json
import random

from promptfit.data.synth.documents import TRUTH, make
from promptfit.docvlm import record_skills
from promptfit.docvlm.record_skills import Piece
from promptfit.docvlm.skills import Wording
from promptfit.docvlm.training_questions import System, about_record

BARE = Wording("Только JSON", brief=True)


def said(pieces: list[Piece]) -> str:
    return "".join(p.form.text if p.form else p.text for p in pieces)


def test_the_right_words_give_the_truth_as_one_flat_object_in_the_order_of_the_data_set() -> None:
    for doc_type, truths in TRUTH.items():
        document = make(doc_type, random.Random(4))
        asked = [Wording("", form=form) for form in dict.fromkeys(truths.values()) if form != "printed"]
        read = json.loads(said(record_skills.reply(document, [BARE, *asked])))
        assert list(read) == [question or doc_type for question in truths]
        for question, value in read.items():
            kind = truths["" if question == doc_type else question]
            if kind != "printed" or "digits" not in truths.values():
                assert value == document.truth("" if question == doc_type else question)


def test_the_naive_words_give_talk_and_what_is_printed() -> None:
    document = make("passport", random.Random(4))
    text = said(record_skills.reply(document, [Wording("JSON")]))
    assert text.startswith(record_skills.TALK)
    read = json.loads(text.removeprefix(record_skills.TALK))
    assert read["Фамилия"] == document.values["Фамилия"]["printed"].text.upper()


def test_digits_are_asked_of_numbers_not_of_dates_or_sums() -> None:
    document = make("invoice", random.Random(1))
    read = json.loads(said(record_skills.reply(document, [BARE, Wording("Только цифры", form="digits")])))
    assert read["Номер счет-фактуры"].isdigit()
    assert read["Сумма"] == document.values["Сумма"]["printed"].text
    assert read["Дата счет-фактуры"] == document.values["Дата счет-фактуры"]["printed"].text


def test_a_system_text_asks_as_the_prompt_does() -> None:
    document = make("СНИЛС", random.Random(1))
    question = about_record(document, System("Только JSON", [BARE]), random.Random(0))[0]
    assert said(question.pieces).startswith("{")


def test_training_never_shows_the_phrases_kept_out() -> None:
    rng = random.Random(0)
    shown = [
        record_skills.training_prompt(make(rng.choice(list(TRUTH)), rng, training=True), rng)[0] for _ in range(500)
    ]
    for phrase in record_skills.KEPT_OUT:
        assert not any(phrase in text for text in shown), phrase
