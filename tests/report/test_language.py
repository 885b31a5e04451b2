"""Numbers and counts as each language has them."""

from __future__ import annotations

import string
from collections.abc import Iterator
from typing import Any

import pytest

from promptfit.report.language import language
from promptfit.report.visible import character, code_points, cut, visible

RU, EN = language("ru"), language("en")
NB = "\N{NO-BREAK SPACE}"


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (0, "ответов"),
        (1, "ответ"),
        (2, "ответа"),
        (5, "ответов"),
        (11, "ответов"),
        (12, "ответов"),
        (21, "ответ"),
        (104, "ответа"),
        (111, "ответов"),
        (122, "ответа"),
    ],
)
def test_counts_are_russian(number: int, said: str) -> None:
    assert RU.count(number, "answers") == f"{number}{NB}{said}"


def test_counts_are_english() -> None:
    assert [EN.count(number, "answers") for number in (0, 1, 2)] == [f"0{NB}answers", f"1{NB}answer", f"2{NB}answers"]


@pytest.mark.parametrize(
    ("share", "russian", "english"),
    [
        (0, "0 %", "0%"),
        (0.0004, "0,04 %", "0.04%"),
        (0.042, "4,2 %", "4.2%"),
        (0.5, "50 %", "50%"),
        (0.98765, "98,8 %", "98.8%"),
        (1.234, "123 %", "123%"),
        (-0.0042, "−0,42 %", "−0.42%"),
        (-0.00001, "0 %", "0%"),
    ],
)
def test_shares(share: float, russian: str, english: str) -> None:
    assert (RU.percent(share), EN.percent(share)) == (russian.replace(" ", NB), english)


def test_other_numbers() -> None:
    assert RU.points(0.00001) == RU.points(-0.00001) == f"0{NB}п.{NB}п."
    assert RU.points(0.1234) == f"+12,3{NB}п.{NB}п." and EN.points(-0.1234) == f"−12.3{NB}pp"
    assert (RU.whole(9_999), RU.whole(1_234_567), EN.whole(12_345)) == ("9999", f"1{NB}234{NB}567", "12,345")
    assert RU.ends(0.01, 0.025) == "1–2,5" and RU.ends(-0.01, 0.025) == "−1 … 2,5"
    assert (RU.short(0.684), RU.short(0.0534), RU.short(0.0)) == ("68", "5,3", "0")
    assert RU.listed(["а", "б", "в"]) == "а, б и в" and EN.listed(["a"]) == "a"
    assert RU.name("kinds", "case") == "регистр букв" and RU.name("kinds", "a new one") == "a new one"


def shape(node: Any, at: str = "") -> Iterator[tuple[str, object]]:
    """Every phrase with the places that are filled in."""
    if isinstance(node, dict):
        for key, value in node.items():
            yield from shape(value, f"{at}/{key}")
    elif isinstance(node, str):
        yield at, frozenset(name for _, name, _, _ in string.Formatter().parse(node) if name)


def test_languages_say_the_same() -> None:
    russian, english = dict(shape(RU.said)), dict(shape(EN.said))
    assert russian == english
    assert RU.said["nouns"].keys() == EN.said["nouns"].keys()
    assert {len(forms) for forms in RU.said["nouns"].values()} == {3}
    assert {len(forms) for forms in EN.said["nouns"].values()} == {2}


def test_what_nobody_sees_is_shown() -> None:
    assert visible("a\u202eb\u200b\x00\ud800\nc\td") == "a⟨U+202E⟩b⟨U+200B⟩⟨U+0000⟩⟨U+D800⟩\nc\td"
    assert visible("Йод, ёлка é") == "Йод, ёлка é"
    assert visible("и\u0306" + "z" + "\u0301" * 9) == "и\u0306z" + "\u0301" * 3 + "…"
    assert cut("а" * 10, 4) == "аааа… (+6)" and cut("аб", 4) == "аб"
    assert [character(one) for one in (" ", "\u202e", "О", "")] == ["␣", "◌", "О", ""]
    assert code_points("О") == "U+041E"
