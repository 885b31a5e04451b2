"""Every type of value there is: how a text is parsed as one, and when two are the same. A new one is one entry.

Parsing is linear in the text, and idempotent: what ``written`` makes of a value is parsed as that value again.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from operator import eq
from typing import Any

from promptfit.support.parsing.amounts import Amount, amount_of, number_of, plain
from promptfit.support.parsing.dates import Day, whole_date
from promptfit.support.parsing.loose import words
from promptfit.support.parsing.wording import plainly
from promptfit.types import ValueKind

YES = frozenset("да yes true истина есть имеется on 1 + v x ✓ ✔ ☑ ☒ [x] [v]".split())
NO = frozenset("нет no false ложь отсутствует off 0 ☐ []".split()) | {"[ ]"}
_NUMERO = re.compile(r"\A\s*(?:№\s*|N[o°º]\.?\s*(?=\d))")
_DECIMALS = re.compile(r".*(?P<mark>[.,])(?P<digits>0+)$")
_LONGEST, _KEPT = 200, 200
"""Characters of a code or a choice, and of texts whose values are kept: the same ones are asked for again and again."""
_LONGEST_VALUE = 20_000


@dataclass(frozen=True, slots=True)
class ValueType:
    """How texts are values of a type."""

    parse: Callable[[str, ValueKind], Any]
    """The value, hashable; None where the text is none."""
    written: Callable[[Any, ValueKind], str]
    """A text of a value."""
    same: Callable[[Any, Any], bool] = eq


def parsed(text: str, kind: ValueKind) -> Any:
    """The value that a text is, of the kind's type; None where it is none.

    Args:
        text: Of any length: the time is linear in it.
        kind: Of a type out of ``TYPES``.
    """
    return _kept(text, kind) if len(text) <= _KEPT else TYPES[kind.type].parse(text, kind)


def same_value_of(one: str, other: str, kind: ValueKind) -> bool:
    """Whether two texts are the same value. Where the first is none of its type, they are compared as texts.

    A text above 20,000 characters is no field's value: it is the same as itself alone.
    """
    if one == other:
        return True
    if max(len(one), len(other)) > _LONGEST_VALUE:
        return False
    true = parsed(one, kind)
    if true is None:
        return plainly(one) == plainly(other)
    said = parsed(other, kind)
    return said is not None and TYPES[kind.type].same(true, said)


def written(value: Any, kind: ValueKind) -> str:
    """A text that is parsed as this value."""
    return TYPES[kind.type].written(value, kind)


@lru_cache(maxsize=1 << 15)
def _kept(text: str, kind: ValueKind) -> Any:
    return TYPES[kind.type].parse(text, kind)


def month_first(format: str) -> bool:
    """Whether dates of a format such as ``MM/dd/yyyy`` have the month before the day, and the year after both."""
    return 0 <= format.find("M") < format.find("d") < format.find("y")


def decimal_mark(format: str) -> str:
    """The decimal mark of a format such as ``0 000,00``; empty where it shows none."""
    found = _DECIMALS.fullmatch(format)
    return found["mark"] if found and (len(found["digits"]) != 3 or len(re.findall("[ .,]", format)) > 1) else ""


def _as_it_is(value: Any, _: ValueKind) -> str:
    return str(value)


def _date(text: str, kind: ValueKind) -> Day | None:
    found = whole_date(text, month_first(kind.format))
    return found.meant if found and found.meant.is_real else None


def _number(text: str, kind: ValueKind) -> Decimal | None:
    return number_of(text, decimal_mark(kind.format))


def _amount(text: str, kind: ValueKind) -> Amount | None:
    return amount_of(text, decimal_mark(kind.format))


def _code(text: str, _: ValueKind) -> str | None:
    """Letters and digits, whatever stands between them, without a numero sign before them."""
    return words(_NUMERO.sub("", text)).replace(" ", "") or None if len(text) <= _LONGEST else None


def _choice(text: str, kind: ValueKind) -> int | None:
    """The place of the choice."""
    return _places(kind.choices).get(_word(text)) if len(text) <= _LONGEST else None


def _boolean(text: str, _: ValueKind) -> bool | None:
    said = text.strip().casefold()
    return next((value for value, own in ((True, YES), (False, NO)) if {said, words(said)} & own), None)


def _list(text: str, _: ValueKind) -> tuple[str, ...] | None:
    """The items as texts, in whatever order: of a JSON list, or with ``;``, a new line or else a comma between them."""
    items = _json_list(text)
    if items is None:
        items = re.split(r"[;\n]" if ";" in text or "\n" in text.strip() else ",", text)
    return tuple(sorted(filter(None, map(plainly, items)))) or None


def _json_list(text: str) -> list[str] | None:
    if not text.lstrip().startswith("[") or len(text) > _LONGEST_VALUE:
        return None
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return [str(one) for one in found] if all(isinstance(one, str | int | float) for one in found) else None


def _word(text: str) -> str:
    return words(text) or text.strip()


@lru_cache(maxsize=256)
def _places(choices: tuple[tuple[str, ...], ...]) -> Mapping[str, int]:
    return {_word(one): place for place, own in enumerate(choices) for one in own}


TYPES: Mapping[str, ValueType] = {
    "text": ValueType(lambda text, _: plainly(text) or None, _as_it_is),
    "name": ValueType(lambda text, _: words(text) or None, _as_it_is),
    "date": ValueType(_date, _as_it_is, Day.same),
    "number": ValueType(_number, lambda value, _: plain(value)),
    "amount": ValueType(_amount, _as_it_is, Amount.same),
    "code": ValueType(_code, lambda value, _: value.upper()),
    "choice": ValueType(_choice, lambda place, kind: kind.choices[place][0]),
    "boolean": ValueType(_boolean, lambda value, _: ("нет", "да")[value]),
    "list": ValueType(_list, lambda items, _: json.dumps(items, ensure_ascii=False)),
}
