"""Texts as they are compared, and letters that only look alike."""

from __future__ import annotations

import unicodedata

import pytest

from promptfit.support.enumerated import some
from promptfit.support.lookalikes import CYRILLIC, LATIN, cyrillic_words, folded, meant, strange_letters
from promptfit.support.texts import as_name, plain_spaces, shown_plainly, unplain


@pytest.mark.parametrize(
    "written",
    [
        *("Город Йошкар", " Город\u00a0Йошкар ", "Город \u202f Йошкар\u200b", "\ufeffГород\tЙош\u00adкар"),
        unicodedata.normalize("NFD", "Город Йошкар"),
    ],
)
def test_a_name_is_one_however_it_is_written(written: str) -> None:
    assert as_name(written) == "Город Йошкар"


def test_plain_spaces_leaves_line_breaks_and_letters() -> None:
    assert plain_spaces("a\u2009b\u3000c\n\td\u200d\u2060\ufeffё") == "a b c\n\tdё"
    assert unplain("a\u00a0b\u00a0c\u00ad") == ["no-break space U+00A0", "soft hyphen U+00AD"]
    assert shown_plainly("гор.\u00a0Пс\u00adков") == "гор.<U+00A0>Пс<U+00AD>ков"


def test_the_alphabets_stand_letter_by_letter() -> None:
    assert len(LATIN) == len(CYRILLIC) and LATIN.isascii() and all("CYRILLIC" in unicodedata.name(c) for c in CYRILLIC)
    assert folded("CHИЛC") == folded("СНИЛС") == folded("снилс")


@pytest.mark.parametrize(
    ("text", "letters"),
    [
        *(("CНИЛC", "C"), ("Иванoв", "o"), ("A123ВС", "A"), ("Passроrt", "ро"), ("гор. Mосква", "M")),
        *(("USB-порт", ""), ("Wi-Fi у метро", ""), ("IT-отдел", ""), ("BMW X5", ""), ("Иванов", ""), ("1С и 1C", "")),
    ],
)
def test_letters_of_another_script_are_found_where_they_only_look_right(text: str, letters: str) -> None:
    assert strange_letters(text) == letters


def test_a_whole_word_is_strange_beside_its_usual_form() -> None:
    usual = cyrillic_words(["ООО Ромашка", "ООО Лютик", "ВТБ"])
    assert strange_letters("OOO Ромашка", usual) == "O"
    assert strange_letters("HP Ромашка", usual) == "" == strange_letters("OOO Ромашка")


def test_what_was_meant_is_named_with_the_letters() -> None:
    known = ["СНИЛС", "passport Фамилия", "passport Имя"]
    assert meant("CНИЛC", known) == 'did you mean "СНИЛС"? In "CНИЛC" letters only look alike: C Latin.'
    assert meant("pаssport Фамилия", known).endswith("letters only look alike: а Cyrillic.")
    assert meant("снилс", known) == 'did you mean "СНИЛС"?'
    assert meant("passport фамилии", known).startswith('did you mean "passport Фамилия"')
    assert meant("xyz", known) == "" == meant("xyz", [])


def test_some_of_many() -> None:
    assert some([2, 3]) == "2, 3" and some([2, 3, 4, 9, 10], "; ") == "2; 3; 4 and 2 more" and some([]) == ""
