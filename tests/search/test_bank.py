"""Prompts as phrases: written, read back, edited."""

from __future__ import annotations

import pytest

from promptfit.search.strategies.edits.bank import ASK, OWN, Bank, Phrase
from promptfit.types import PromptfitError

NAME, SNILS = {"q": "Имя"}, {"q": "СНИЛС"}
BANK = Bank(
    {
        "role": ["Смотри"],
        "ask": ["Напиши {q}", "Что в поле «{q}»?"],
        "format": ["Кратко", "Кратко и ясно", "Только цифры"],
        "example": ["Пример: гор. Тверь"],
    },
    at_most={"format": 2},
    longest=4,
)
ROLE, ASK1, ASK2, BRIEF, CLEAR, DIGITS, PLACE = BANK.phrases


def test_sentences_are_joined_by_full_stops_and_questions_by_a_space() -> None:
    assert BANK.render((ASK1, BRIEF, PLACE), NAME) == "Напиши Имя. Кратко. Пример: гор. Тверь"
    assert BANK.render((ASK2, DIGITS), NAME) == "Что в поле «Имя»? Только цифры"


def test_a_field_without_question_type_is_named_by_its_document_type() -> None:
    assert BANK.render(BANK.start, SNILS) == "Напиши СНИЛС"


@pytest.mark.parametrize("phrases", [(ASK1,), (ASK2, CLEAR), (ROLE, ASK1, BRIEF, PLACE), (BRIEF, ASK2, DIGITS)])
def test_a_prompt_is_read_back_as_it_was_made(phrases: tuple[Phrase, ...]) -> None:
    assert BANK.parse(BANK.render(phrases, NAME), NAME) == phrases


def test_words_of_somebody_else_are_kept_whole() -> None:
    assert BANK.parse("Прошу {имя}. И точка", NAME) == (Phrase(ASK, "Прошу {имя}. И точка"),)
    assert BANK.parse("Напиши Имя. Живее! Кратко", NAME) == (ASK1, Phrase(OWN, "Живее! Кратко"))


def test_the_edits_of_a_prompt() -> None:
    edits = list(BANK.edits((ASK1, BRIEF)))
    by_name = {name: [made for other, made in edits if other == name] for name, _ in edits}
    assert by_name["insert"] == [(ROLE, ASK1, BRIEF), (ASK1, BRIEF, CLEAR), (ASK1, BRIEF, DIGITS), (ASK1, BRIEF, PLACE)]
    assert by_name["replace"] == [(ASK2, BRIEF), (ASK1, CLEAR), (ASK1, DIGITS)]
    assert by_name["delete"] == [(ASK1,)]
    assert by_name["swap"] == [(BRIEF, ASK1)]


def test_no_edit_grows_a_prompt_beyond_its_limits() -> None:
    full = (ROLE, ASK1, BRIEF, CLEAR)
    assert not [made for name, made in BANK.edits(full) if name == "insert"]


def test_crossover_fills_the_free_slots_of_one_parent_from_the_other() -> None:
    crossed = [made for name, made in BANK.edits((ASK1, BRIEF), [(ROLE, ASK2, DIGITS)]) if name == "crossover"]
    assert crossed == [(ROLE, ASK1, BRIEF, DIGITS)]


@pytest.mark.parametrize("slots", [{}, {"ask": []}, {"ask": ["Напиши имя"]}])
def test_a_bank_must_ask_for_the_field(slots: dict[str, list[str]]) -> None:
    with pytest.raises(PromptfitError, match="'ask'"):
        Bank(slots, {}, 6)
