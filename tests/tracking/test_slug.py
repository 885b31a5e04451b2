"""Slugs are plain, readable, and can be turned back."""

import random
import re

import pytest

from promptfit.tracking.slug import slug, unslug


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("passport Фамилия", "passport._Familija"),
        ("passport Серия и номер паспорта", "passport._Serija.i.nomer.pasporta"),
        ("СНИЛС", "_SNILS"),
        ("invoice Номер счет-фактуры", "invoice._Nomer.schet-faktury"),
        ("Qwen2-VL", "Qwen2--VL"),
        ("", ""),
    ],
)
def test_readable(text: str, expected: str) -> None:
    assert slug(text) == expected
    assert unslug(expected) == text


def test_any_text_comes_back_and_is_plain() -> None:
    letters = "абвгдеёжзийклмнопрстуфхцчшщъыьэюяЁЙЩЪЯ hjwqzc_-.Ahx №\n漢é"
    rng = random.Random(0)
    texts = ["".join(rng.choices(letters, k=rng.randint(0, 12))) for _ in range(5000)]
    for text in texts:
        assert unslug(slug(text)) == text
        assert re.fullmatch("[A-Za-z0-9._-]*", slug(text))
    assert len({slug(text) for text in texts}) == len(set(texts))
