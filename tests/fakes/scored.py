"""Scored answers for the studies' tests: whoever misreads is told by the test, there is no model."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from promptfit.score.cer import count
from promptfit.score.normalize import Chain
from promptfit.types import Answer, Field, Reading, Sample, Scored

NAME, DATE, SNILS = Field("passport", "Имя"), Field("passport", "Дата рождения"), Field("СНИЛС", "")
TRUTHS = {NAME: "Екатерина", DATE: "1985-03-12", SNILS: "12345678900"}


def samples(documents: int, captures: int = 1) -> list[Sample]:
    """Every field of so many documents of both types, each photographed so many times."""
    return [
        Sample(name, Path(f"{name}-{shot}.png"), f"{name}-{shot}", "", truth, field, "test", (2.0, 2.0, 20.0, 9.0))
        for field, truth in TRUTHS.items()
        for number in range(documents)
        for shot in range(captures)
        if (name := f"{field.doc_type}-{number:03}")
    ]


def scored(asked: list[Sample], lost: Callable[[Sample], int]) -> list[Scored]:
    """Answers from which so many last characters are missing."""
    answers = [sample.answer[: max(0, len(sample.answer) - lost(sample))] for sample in asked]
    counts = count([sample.answer for sample in asked], answers, Chain())
    return [Scored(*one) for one in zip(asked, map(Answer, answers), map(Reading, answers), counts, strict=True)]


def number(sample: Sample) -> int:
    """The document's number."""
    return int(sample.document[-3:])
