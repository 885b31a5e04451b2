"""Phrases that contradict the field's true values, or each other, are not proposed."""

from __future__ import annotations

import random

import pytest
import yaml

from promptfit.search.history import History
from promptfit.search.strategies.edits.bank import Bank
from promptfit.search.strategies.edits.consistency import FORMS, TruthForms, shape
from promptfit.search.strategies.edits.edits_strategy import Editor
from promptfit.types import Field, PromptfitError
from scripted_answerer import CONF

NODE = yaml.safe_load((CONF / "strategy" / "edits.yaml").read_text("utf-8"))
BANK = Bank(NODE["slots"], NODE["at_most"], NODE["longest"])
SEX = Field("passport", "Пол")


def holds(truths: list[str], *texts: str) -> bool:
    phrases = tuple(phrase for text in texts for phrase in BANK.phrases if phrase.text == text)
    assert len(phrases) == len(texts)
    return TruthForms(truths, NODE["requires"]).holds(phrases)


@pytest.mark.parametrize(
    ("truths", "texts", "fits"),
    [
        (["мужской", "женский"], ["Digits only"], False),
        (["мужской", "женский"], ["Пример: мужской"], True),
        (["мужской", "женский"], ["Пример: М"], False),
        (["мужской", "женский"], ["Полным словом", "Одной буквой"], False),
        (["М", "мужской"], ["Полным словом", "Одной буквой"], False),
        (["М", "мужской"], ["Одной буквой"], True),
        (["Куликов", "Иванов-Петров"], ["Первая буква заглавная, остальные строчные"], True),
        (["Куликов"], ["Заглавными буквами"], False),
        (["Куликов"], ["Пример: 31.12.1999"], False),
        (["0212493350"], ["Только цифры", "Пример: 4711123456"], True),
        (["0212493350"], ["Только цифры", "Пример: 47 11 123456"], False),
        (["091-335-013 36"], ["Только цифры"], False),
        (["01.04.2005"], ["Дата через точки"], True),
        (["01.04.2005"], ["Date as YYYY-MM-DD"], False),
        (["121050.45"], ["Number with a point", "Без валюты"], True),
        (["гор. Агрыз"], ["Пример: гор. Тверь", "С заглавной буквы"], False),
        (["АО Завод"], ["Без кавычек"], True),
        (["ООО «Заря»"], ["Без кавычек"], False),
        ([], ["Digits only", "Одной буквой"], True),
        (["", " "], ["Digits only"], True),
        (["мужской"], ["Без пояснений", "As printed"], True),
    ],
)
def test_what_goes_together(truths: list[str], texts: list[str], fits: bool) -> None:
    assert holds(truths, *texts) == fits


def test_shapes() -> None:
    assert [shape(value) for value in ("гор. Тверь", "123-456-789 00", "ООО «Заря»", "")] == [
        "a. Aa",
        "9-9-9 9",
        "A «Aa»",
        "",
    ]


def test_a_form_that_is_not_known_is_named() -> None:
    with pytest.raises(PromptfitError, match=r"'roman'.*upper case"):
        TruthForms(["x"], {"roman": ["Римскими"]})


def test_every_phrase_of_the_bank_that_asks_for_a_form_is_there() -> None:
    assert set(NODE["requires"]) <= set(FORMS)
    texts = {phrase.text for phrase in BANK.phrases}
    assert {text for own in NODE["requires"].values() for text in own} <= texts


def test_the_editor_proposes_none_of_them() -> None:
    fitting = TruthForms(["мужской", "женский"], NODE["requires"])
    editor = Editor(SEX, {"q": SEX.key}, BANK, fitting, 5, seed=3)
    seen, phrases = 0, BANK.start
    draw = random.Random(0)
    for _ in range(200):
        edits = editor._edits(phrases)
        seen += len(edits)
        assert all(fitting.holds(edit) for _, edit in edits)
        phrases = draw.choice(edits)[1]
    assert seen > 1000
    first = editor.propose(History(SEX, (), None, {}, 400))
    assert len(first) == 5 and not any("igits" in prompt.text for prompt in first)
