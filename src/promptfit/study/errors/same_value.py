"""The same value in another form: dates, amounts, sex in full or by a letter, legal forms, units, numero signs.

What an answer says is written as the truth writes it. That costs a post-processing that knows the truth's form, which
a prompt can ask for as well; forms that differ in case, spaces and punctuation only are left to the normalisers of
score/normalize.py.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from promptfit.support.parsing.amounts import CURRENCIES, Amount, amount_of
from promptfit.support.parsing.dates import Date, dates, whole_date
from promptfit.support.parsing.loose import compact
from promptfit.support.parsing.wording import SEXES, SPELLINGS

_GROUPS = [re.compile(rf"(?<!\w)(?:{'|'.join(group)})(?!\w)\.?", re.IGNORECASE) for group in SPELLINGS]
_GROUPS += [re.compile(rf"^\W*(?:{'|'.join(group)})\W*$", re.IGNORECASE) for group in SEXES]
_UNITS = re.compile(
    r"^\s*(?:№|N[o°]?\.?(?=\s*[\d№]))\s*"
    r"|(?<![^\W\d_])\s*(?<![^\W\d_])(?:" + "|".join(CURRENCIES.values()) + r"|года|год|г)(?!\w)\.?\s*$",
    re.IGNORECASE,
)
_WORD_CHARACTER = re.compile(r"[^\W_]")
_LONGEST = 400
"""Characters of an answer that may be a value in another form."""


def in_form_of(truth: str, answer: str) -> str:
    """Writes what an answer says in the truth's form; the answer as it is where it is in no other form.

    ``in_form_of("15.06.1940", "15 июня 1941 г.") == "15.06.1941"``: what was misread stays misread.
    """
    if len(answer) > _LONGEST or len(truth) > _LONGEST:
        return answer
    written = _reworded(truth, answer)
    if _WORD_CHARACTER.sub("", truth) != _WORD_CHARACTER.sub("", written):
        written = _marked(truth, written)
    return written


def same_value(truth: str, answer: str) -> bool:
    """Whether an answer is the truth in some form."""
    value = compact(truth)
    if not value or len(answer) > _LONGEST or len(truth) > _LONGEST:
        return False
    return compact(answer) == value or compact(_reworded(truth, answer)) == value


def _reworded(truth: str, answer: str) -> str:
    form = _form(truth)
    if form.date:
        answer = _undated(form.date, answer)
    for group, own in form.spellings:
        said = group.search(answer)
        if said and compact(said[0]) != compact(own):
            answer = answer[: said.start()] + own + answer[said.end() :]
    if form.bare:
        answer = _UNITS.sub("", answer)
    return truth if form.amount and _same_amount(form.amount, answer) else answer


@dataclass(frozen=True, slots=True)
class _Form:
    """How a truth is written."""

    date: Date | None
    spellings: Sequence[tuple[re.Pattern[str], str]]
    """The groups of words that it has one of, and how it writes it."""
    bare: bool
    """A number without a unit."""
    amount: Amount | None


@lru_cache(maxsize=4096)
def _form(truth: str) -> _Form:
    bare = any(map(str.isdigit, truth)) and not _UNITS.search(truth)
    return _Form(date_of(truth), _spellings(truth), bare, amount_of(truth))


@lru_cache(maxsize=4096)
def date_of(truth: str) -> Date | None:
    """The date that a true answer is; None where it is anything else."""
    return whole_date(truth)


def _undated(form: Date, answer: str) -> str:
    """The answer with its date in the truth's form: the true one if it has several, else the first."""
    if not (found := list(dates(answer))):
        return answer
    one = next((date for date in found if date.same(form)), found[0])
    return answer[: one.span[0]] + one.written_as(form) + answer[one.span[1] :]


def _spellings(truth: str) -> list[tuple[re.Pattern[str], str]]:
    found, rest = [], truth
    for group in _GROUPS:
        if one := group.search(rest):
            found.append((group, one[0]))
            rest = rest.replace(one[0], " ")  # "акционерное общество" is also a part of longer names
    return found


def _same_amount(true: Amount, answer: str) -> bool:
    """Whether both are the same amount, one of them with a fraction; numbers without one may be codes."""
    said = amount_of(answer)
    return bool(said and true.same(said) and (true.has_fraction or said.has_fraction))


def _marked(truth: str, answer: str) -> str:
    """The answer's letters and digits between the truth's marks and spaces, if both have as many."""
    said = _WORD_CHARACTER.findall(answer)
    places = [found.start() for found in _WORD_CHARACTER.finditer(truth)]
    if not places or len(said) != len(places):
        return answer
    letters = list(truth)
    for place, letter in zip(places, said, strict=True):
        letters[place] = letter
    return "".join(letters)
