"""What the values of a field are, by its true answers: the first rule that nearly all of them follow."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from promptfit.data.schemas.stated import StatedField
from promptfit.data.schemas.written_form import format_of
from promptfit.support.parsing.absence import is_absent
from promptfit.support.parsing.amounts import amount_of, number_of
from promptfit.support.parsing.loose import words
from promptfit.support.parsing.value_types import parsed
from promptfit.support.parsing.wording import SEXES, has_spelling
from promptfit.types import ABSENT, ValueKind

MOST = 1000
"""Different truths of a field that are looked at."""
SHARE = 0.9
"""Of the truths that follow a rule: the others are mistakes, and are named."""
_CHOICES, _REPEATED = 12, 5
"""A choice has at most so many values, each for so many truths, on average."""
_CODE_DIGITS = 6
"""Whole numbers that never have fewer are codes."""
_NAME = re.compile(r"[^\W\d_]+\.?(?:[-'’ ]+[^\W\d_]+\.?){0,4}")


def kind_of(truths: Sequence[str], stated: StatedField) -> ValueKind:
    """What the values are, as it is stated, or else as the truths show it.

    Args:
        truths: All true answers of the field, empty ones, too.
        stated: What is known of it.
    """
    absent = ABSENT if stated.absent is None else stated.absent
    values = [text.strip() for text in truths if text.strip()]
    if not stated.type and _are_booleans(values):
        return ValueKind("boolean", "", absent)
    there = [text for text in values if not is_absent(text, ValueKind(absent=absent))]
    type = stated.type or _type(there)
    choices = stated.choices or (_choices(there) if type == "choice" else ())
    form = format_of(type, list(dict.fromkeys(there))[:MOST]) if stated.format is None else stated.format
    return ValueKind(type, form, absent, choices)


def is_enumerated(truths: Sequence[str], kind: ValueKind) -> bool:
    """Whether a field is a choice whose words are all that its truths are written with.

    Args:
        truths: All true answers of the field, empty ones, too.
        kind: What they are.
    """
    known = {word for group in kind.choices for word in group}
    return bool(known) and all(is_absent(text, kind) or text.strip() in known for text in set(truths))


def known_choices(values: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    """Values of a choice, each with the other words for it that are known."""
    groups = {word: group for group in SEXES for word in group}
    return tuple((one, *(word for word in groups.get(words(one), ()) if word != words(one))) for one in values)


def _type(values: Sequence[str]) -> str:
    some = list(dict.fromkeys(values))[:MOST]
    return next((name for name, rule in _RULES.items() if values and rule(some, len(values))), "text")


def _most(texts: Sequence[str], holds: Callable[[str], object], share: float = SHARE) -> bool:
    return sum(bool(holds(text)) for text in texts) >= share * len(texts)


def _are_booleans(values: Sequence[str]) -> bool:
    kind = ValueKind("boolean")
    some = set(values)
    found = {parsed(one, kind) for one in some}
    return found == {True, False} and not all(map(str.isdigit, some))


def _are_dates(values: Sequence[str], _: int) -> bool:
    kind = ValueKind("date", format_of("date", values))
    return _most(values, lambda text: parsed(text, kind))


def _are_amounts(values: Sequence[str], _: int) -> bool:
    found = [one for text in values if (one := amount_of(text))]
    money = [one for one in found if one.currency or one.value.as_tuple().exponent == -2]
    return len(found) >= SHARE * len(values) and 2 * len(money) > len(values)


def _are_numbers(values: Sequence[str], _: int) -> bool:
    whole = [text for text in values if text.isdecimal()]
    if whole and any(len(text) > 1 and text.startswith("0") for text in whole):
        return False
    if len(whole) == len(values) and min(map(len, whole)) >= _CODE_DIGITS:
        return False
    return _most(values, lambda text: number_of(text) is not None)


def _are_choices(values: Sequence[str], count: int) -> bool:
    known = {word for group in SEXES for word in group}
    if all(words(text) in known for text in values):
        return True
    return 1 < len(values) <= _CHOICES and count >= _REPEATED * len(values)


def _are_codes(values: Sequence[str], _: int) -> bool:
    def is_code(text: str) -> bool:
        digits = sum(letter.isdigit() for letter in text)
        return digits > 0 and digits >= sum(letter.isalpha() for letter in text)

    return _most(values, is_code)


def _are_lists(values: Sequence[str], _: int) -> bool:
    return _most(values, lambda text: re.search(r"[;\n]\s*\S", text), 0.5)


def _are_names(values: Sequence[str], _: int) -> bool:
    return _most(values, lambda text: _NAME.fullmatch(text) and text[0].isupper() and not has_spelling(text))


def _choices(values: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    """The values as they are most often written, in the order of the alphabet."""
    first: dict[str, str] = {}
    for text in values:
        first.setdefault(words(text), text)
    return known_choices(sorted(first.values()))


_RULES: Mapping[str, Callable[[Sequence[str], int], bool]] = {
    "date": _are_dates,
    "amount": _are_amounts,
    "number": _are_numbers,
    "choice": _are_choices,
    "code": _are_codes,
    "list": _are_lists,
    "name": _are_names,
}
