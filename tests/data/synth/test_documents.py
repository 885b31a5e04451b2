from __future__ import annotations

import random

import pytest

from promptfit.data.synth import forms
from promptfit.data.synth.documents import TRUTH, make, snils_number
from promptfit.data.synth.vocabulary import words


@pytest.mark.parametrize("seed", range(20))
def test_snils_number_has_the_official_checksum(seed: int) -> None:
    text = snils_number(random.Random(seed))
    digits = [int(c) for c in text[:11] if c.isdigit()]
    total = sum(d * weight for d, weight in zip(digits, range(9, 0, -1), strict=True))
    expected = total if total < 100 else 0 if total in (100, 101) else total % 101 % 100
    assert int(text[-2:]) == expected


def test_no_word_of_the_data_sets_is_seen_in_training() -> None:
    seen, unseen = words(training=True), words(training=False)
    for mine, theirs in zip((*seen.surnames, *seen.names, *seen.patronymics, seen.cities, seen.firms),
                            (*unseen.surnames, *unseen.names, *unseen.patronymics, unseen.cities, unseen.firms),
                            strict=True):  # fmt: skip
        assert len(theirs) > 30
        assert not set(mine) & set(theirs)


@pytest.mark.parametrize("doc_type", TRUTH)
def test_every_form_says_where_its_characters_come_from(doc_type: str) -> None:
    rng = random.Random(1)
    for _ in range(50):
        for values in make(doc_type, rng, training=rng.random() < 0.5).values.values():
            printed = values["printed"].text
            for form in values.values():
                assert len(form.text) == len(form.sources)
                assert all(0 <= s < len(printed) for s in form.sources)


@pytest.mark.parametrize(
    ("value", "form", "expected"),
    [
        (forms.name("ЁЛКИН"), "title", "Ёлкин"),
        (forms.place("Нижний Тагил"), "title", "гор. Нижний Тагил"),
        (forms.sex(False), "word", "женский"),
        (forms.number("45 08 123456"), "digits", "4508123456"),
        (forms.money("12 345,67"), "point", "12345.67"),
        (forms.company("ООО", "Ромашка"), "plain", "ООО Ромашка"),
        (forms.date(3, 9, 1985, "dotted"), "iso", "1985-09-03"),
        (forms.date(3, 9, 1985, "года"), "printed", "03 сентября 1985 года"),
        (forms.date(3, 9, 1985, "года"), "dotted", "03.09.1985"),
        (forms.date(3, 9, 1985, "г."), "digits", "03091985"),
    ],
)
def test_conventions(value: dict[str, forms.Form], form: str, expected: str) -> None:
    assert value[form].text == expected
