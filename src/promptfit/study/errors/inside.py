"""Finds the value in an answer that says more than was asked for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from rapidfuzz.distance import Levenshtein
from rapidfuzz.process import extractOne

from promptfit.study.errors.same_value import date_of, same_value
from promptfit.support.parsing.dates import dates
from promptfit.support.parsing.loose import compact, loose

NEAR = 0.6
"""Words of an answer are a misread truth from this similarity on: 1 - edits / the longer one's characters."""
_WORD = re.compile(r"[^\W_]+")
_DIGITS = re.compile(r"\d+")
_MOST_WORDS, _LONGEST = 40, 20_000
"""No field's value has more words; of a longer answer only the start is searched."""


def said_inside(truth: str, answer: str) -> str | None:
    """The part of an answer that is the truth, in whatever form; None where it is not there.

    Args:
        truth: The true answer.
        answer: A longer text.
    """
    answer = answer[:_LONGEST]
    if date := date_of(truth):
        return next((answer[slice(*one.span)] for one in dates(answer) if one.same(date)), None)
    if found := _number(truth, answer):
        return found
    if f" {loose(truth)} " in f" {loose(answer)} ":
        return nearest(truth, answer)
    tail = answer.rsplit(":", 1)[-1].strip()
    return tail if same_value(truth, tail) else None


def nearest(truth: str, answer: str) -> str | None:
    """The words of a longer answer that are most similar to the truth; None where none are ``NEAR``.

    A date is misread as another date, in whatever form: the first one.

    Args:
        truth: The true answer, with a letter or digit.
        answer: A longer text.
    """
    answer = answer[:_LONGEST]
    if date_of(truth) and (date := next(dates(answer), None)):
        return answer[slice(*date.span)]
    size = len(loose(truth).split())
    if size > _MOST_WORDS or len(loose(answer).split()) <= size:
        return None
    spans = list(_spans(answer, size))
    found = extractOne(
        compact(truth),
        [compact(answer[start:end]) for start, end in spans],
        scorer=Levenshtein.normalized_similarity,
        score_cutoff=NEAR,
    )
    return _with_marks(truth, answer, *spans[found[2]]) if found else None


def _spans(answer: str, size: int) -> Iterator[tuple[int, int]]:
    """Where so many words in a row stand, then one word more and one less: spaces are misread, too."""
    words = [found.span() for found in _WORD.finditer(answer)]
    for count in (size, size + 1, size - 1):
        if 0 < count <= len(words):
            yield from ((words[at][0], words[at + count - 1][1]) for at in range(len(words) - count + 1))


def _with_marks(truth: str, answer: str, start: int, end: int) -> str:
    """Words with the marks around them that the truth has, too: its last full stop, its quotes."""
    first = _WORD.search(truth)
    before = truth[: first.start()] if first else ""
    after = re.split(r"[^\W_]", truth)[-1]
    start -= len(before) if before and answer[:start].endswith(before) else 0
    end += len(after) if after and answer[end:].startswith(after) else 0
    return answer[start:end]


def _number(truth: str, answer: str) -> str | None:
    """The digits of the answer, where they are those of a truth without letters, with whatever stands between them."""
    digits = compact(truth)
    if len(digits) < 4 or not digits.isdecimal():
        return None
    runs = [run.span() for run in _DIGITS.finditer(answer)]
    if "".join(answer[start:end] for start, end in runs) != digits:
        return None
    between = [answer[left[1] : right[0]] for left, right in pairwise(runs)]
    gaps = [" " if compact(text) else text for text in between]
    return "".join(answer[slice(*run)] + gap for run, gap in zip(runs, [*gaps, ""], strict=True))
