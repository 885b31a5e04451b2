"""True answers in prompts: what gives one away, and what is vocabulary."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest

from promptfit.search.leaks import Guard, guard_of, truths
from promptfit.types import Field, Sample

TOWNS = "Калуга Орёл Псков Тверь Тула Рязань Брянск Елец Вязьма Ржев Торжок Муром".split()
PLACES = Guard(
    [f"гор. {town}" for town in TOWNS] + ["гор. Нижний Новгород", "пос. Нижний Одес"], "паспорт Место рождения"
)


@pytest.mark.parametrize(
    ("prompt", "leak"),
    [
        ("Напиши место рождения. Пример: гор. Псков", "псков"),
        ("ОТВЕТЬ ТАК: КАЛУГА", "калуга"),
        ("Пример: «Псков»", "псков"),
        ("Псковский район", ""),  # a whole token only
        ("Ответь как в документе: гор. и название", ""),
        ("Что стоит под словом нижний?", ""),  # two answers share it
        ("Пример: гор. Нижний Новгород", "новгород"),
        ("Место рождения", ""),
        ("", ""),
    ],
)
def test_a_token_of_one_answer_alone_gives_it_away(prompt: str, leak: str) -> None:
    assert PLACES.leak(prompt) == leak


def test_a_whole_answer_of_short_tokens_gives_itself_away() -> None:
    numbers = Guard([f"47 11 {number}" for number in range(100, 120)] + ["12 345 678"])
    assert numbers.leak("Пример: 47 11 103") == "47 11 103"
    assert numbers.leak("Пример: 47-11-103") == "47 11 103", "other marks between the tokens hide nothing"
    assert numbers.leak("Пример: 47 11 999") == ""


def test_a_field_with_few_distinct_answers_may_name_those_that_repeat() -> None:
    assert Guard(["мужской", "женский"] * 50).leak("Ответь: мужской или женский") == ""
    assert Guard(["мужской", "женский"] * 3 + ["неизвестно"]).leak("мужской, женский или неизвестно") == "неизвестно"


SURNAMES = "Долгопят Анемподистов Пономарева Казинцева Устинов Жуковский Кононыхина Гаврилина".split()
EIGHT = Guard(SURNAMES, "passport Фамилия")


@pytest.mark.parametrize(
    "prompt",
    [
        "Выбери фамилию из списка: " + ", ".join(SURNAMES),
        "Выбери: " + "/".join(SURNAMES).upper(),
        "Выбери: " + "_".join(SURNAMES).lower(),
        "Выбери: " + "".join(SURNAMES),
        "Выбери: " + "\u00a0".join(SURNAMES),
        unicodedata.normalize("NFD", "Пример: Жуковский"),
        "Пример: Усти\u00adнов",
        "Пример: Усти\u200bнов",
        "Пример: У с т и н о в",
        "Пример: У-с-т-и-н-о-в",
        "Пример: Устинoв",
        "Пример: УCTИHOB",
        "Пример: Долго\u0301пят",
        "Пример:Устинов.",
    ],
)
def test_no_way_of_writing_hides_an_answer(prompt: str) -> None:
    assert EIGHT.leak(prompt)


@pytest.mark.parametrize("prompt", ["Напиши Фамилия. Пример: Куликов", "Напиши фамилию по-русски", "Устиновка", ""])
def test_other_words_are_no_answer(prompt: str) -> None:
    assert EIGHT.leak(prompt) == ""


def test_what_a_few_documents_answer_is_guarded_however_often_they_are_captured() -> None:
    samples = [Sample(name, Path("1.png"), "", "", name, Field("passport", "Фамилия"), "search") for name in SURNAMES]
    assert sorted(truths(samples * 5)) == sorted(SURNAMES)
    assert Guard(truths(samples * 5)).leak("Выбери: Устинов") == "устинов"


def test_numbers_are_found_whatever_stands_between_their_digits() -> None:
    numbers = Guard([f"147-267-42{digit} 76" for digit in range(8)])
    for prompt in ("147-267-423 76", "147 267 423 76", "14726742376", "147.267.423/76"):
        assert numbers.leak(f"Пример: {prompt}"), prompt
    assert numbers.leak("Пример: 112-233-445 95") == ""


def test_the_words_of_the_field_itself_are_no_leak() -> None:
    names = [*TOWNS, "Продавец Иванов"]
    assert Guard(names, "счет Продавец").leak("Напиши, кто продавец") == ""
    assert Guard(names).leak("Напиши, кто продавец") == "продавец"


def test_a_word_that_is_a_part_of_an_answer_elsewhere_may_be_said() -> None:
    firms = [f"АО Фирма{place}" for place in range(40)] + ["АО Ответ"]
    assert Guard(firms).leak("Напиши Продавец. Только ответ") == "ответ"
    asked = Guard(firms, asked=firms[:20])
    assert not asked.leak("Напиши Продавец. Только ответ")
    assert asked.leak("Пример: АО Ответ") == "ао ответ" and asked.leak("Пример: фирма3") == "фирма3"


def test_what_says_that_nothing_is_there_is_no_answer_to_give_away() -> None:
    field = Field("passport", "Отчество")
    samples = [
        Sample(f"d{n}", Path("a.png"), "", "", text, field, "search") for n, text in enumerate(("null", "", "Ильич"))
    ]
    assert truths(samples) == ["Ильич"]
    assert Guard(truths(samples)).leak("Напиши отчество, а если его нет, то null") == ""


def several(*documents: tuple[str, ...], field: Field = Field("passport", "Улица")) -> list[Sample]:  # noqa: B008
    return [
        Sample(f"d{n}", Path("a.png"), "", "", own[0], field, "search", accepted=own[1:])
        for n, own in enumerate(documents)
    ]


def test_every_accepted_truth_is_guarded_and_what_they_share_is_of_one_answer() -> None:
    samples = several(("улица Цветаевой", "ул. Цветаевой"), ("улица Мира", "пр. Победы"), ("проезд Чехова", "-"))
    guard = guard_of(samples[0].field, samples)
    assert guard.leak("Пример: Цветаевой") == "цветаевой", "both truths of one document have it"
    assert guard.leak("Пример: пр. Победы") == "победы"
    assert guard.leak("Напиши, какая улица") == "", "two documents have it"
    assert guard.leak("Пиши - , если её нет") == ""
    assert truths(samples) == ["улица Цветаевой", "ул. Цветаевой", "улица Мира", "пр. Победы", "проезд Чехова"]


def test_two_ways_to_write_one_truth_are_no_repeated_answer() -> None:
    samples = several(("12.50 рублей", "12,50 рублей"), ("7 рублей",))
    assert guard_of(samples[0].field, samples).leak("Пример: 12,50 рублей") == "12 50 рублей"


def test_documents_that_only_share_an_empty_truth_stay_apart() -> None:
    samples = several(("улица Мира", ""), ("улица Чехова", ""))
    assert guard_of(samples[0].field, samples).leak("Какая улица?") == ""
