"""What was answered, and why the rest was not."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from promptfit.types import NoAnswer

T = TypeVar("T")


def parted(said: Iterable[tuple[int, T | NoAnswer]]) -> tuple[dict[int, T], dict[int, str]]:
    """Answers, and the reasons of those that there are none of, by the index of the request."""
    answers: dict[int, T] = {}
    reasons: dict[int, str] = {}
    for index, one in said:
        if isinstance(one, NoAnswer):
            reasons[index] = one.reason
        else:
            answers[index] = one
    return answers, reasons


def answered(said: Iterable[tuple[int, T | NoAnswer]]) -> dict[int, T]:
    """Answers to all; none may be missing."""
    answers, reasons = parted(said)
    assert not reasons, reasons
    return answers
