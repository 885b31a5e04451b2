"""Slugs are plain, readable, and tell all texts apart."""

import random
import re

import pytest

from promptfit.tracking.slug import _LETTERS, alias, plain, slug

BACK = {code: letter for letter, code in _LETTERS.items()}
CODE = re.compile("|".join(sorted(BACK, key=len, reverse=True)), re.IGNORECASE)


def unslug(name: str) -> str:
    """The text that `slug` was given: who can turn every slug back has no two texts of one slug."""
    return "".join(cyrillic(part) if place % 2 else other(part) for place, part in enumerate(name.split("_")))


def cyrillic(part: str) -> str:
    def letter(match: re.Match[str]) -> str:
        back = BACK[match[0].lower()]
        return back.upper() if match[0][0].isupper() else back

    return CODE.sub(letter, part.replace(".", " "))


def other(part: str) -> str:
    return re.sub("[.]|-([0-9a-f]*)-", lambda m: chr(int(m[1], 16)) if m[1] else " " if m[0] == "." else "-", part)


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


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        ("edits", "edits"),
        ("GPT5-mini_2", "GPT5-mini_2"),
        ("v2", "_v2"),
        ("latest", "_latest"),
        ("GPT4o+gepa", "_GPT4o-2b-gepa"),
        ("Gemini-2.5", "_Gemini--2-2e-5"),
        ("мой ярлык", "__mojh-20-jarlyk"),
    ],
)
def test_an_alias_is_the_label_where_mlflow_takes_it(label: str, expected: str) -> None:
    assert alias(label) == expected


def test_different_labels_have_different_aliases_that_mlflow_takes() -> None:
    from mlflow.utils.validation import _validate_model_alias_name, _validate_model_alias_name_reserved

    rng = random.Random(0)
    letters = "абвя ёЙv12latest_-.+@№Ax漢"
    texts = {"".join(rng.choices(letters, k=rng.randint(1, 8))) for _ in range(5000)}
    texts |= {"latest", "LATEST", "v1", "V12", "мой", "твой", "№" * 110, "№" * 109 + "x", "_v2", "__SNILS", "СНИЛС"}
    texts |= {alias(text) for text in texts}
    for text in texts:
        _validate_model_alias_name(alias(text))
        _validate_model_alias_name_reserved(alias(text))
    assert len({alias(text) for text in texts}) == len({plain(text) for text in texts}) == len(texts)
