"""The worst answers, varied."""

from __future__ import annotations

import random
from collections import Counter

from answered import read
from promptfit.study.errors.classify import worst_of
from promptfit.types import Field

FIELDS = [Field("passport", name) for name in ("Фамилия", "Имя", "Пол", "Номер")]


def test_not_the_same_field_augmentation_or_answer_ten_times() -> None:
    reads = [
        read(
            "Карбаинов",
            "я" * (400 if field.question_type == "Имя" else 20 + number),
            f"p-{number}",
            field,
            augmentation,
        )
        for field in FIELDS
        for augmentation in ("", "blur", "fax", "noise")
        for number in range(30)
    ]
    worst = worst_of(reads, 8)
    assert Counter(one.sample.field for one in worst) == dict.fromkeys(FIELDS, 2)
    assert set(Counter(one.augmentation for one in worst).values()) == {2}
    assert worst[0].answer == "я" * 400 and len({one.answer for one in worst}) == 7
    assert worst == worst_of(random.Random(0).sample(reads, len(reads)), 8)


def test_the_worst_of_each_first() -> None:
    reads = [read("Карбаинов", "Карбаинов"[:length], f"p-{length}") for length in range(10)]
    assert [len(one.answer) for one in worst_of(reads, 3)] == [0, 1, 2]


def test_right_answers_are_not_bad_and_there_may_be_few() -> None:
    reads = [read("Орлова", "Орлова"), read("Орлова", "Орлов", "p-1")]
    assert worst_of(reads, 9) == [reads[1]] and worst_of(reads[:1], 9) == [] and worst_of([], 9) == []
