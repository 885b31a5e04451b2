"""Numbers and sums of money as documents and models write them: ``1 234,56 ₽``, ``1234.56``, ``12 руб. 05 коп.``

A separator is what its digits say: one before two digits is a decimal mark; spaces, and what stands there twice, group
thousands. Only ``1.234`` can be read either way.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

CURRENCIES = {
    "RUB": "₽|рубл[а-я]{1,3}|руб|р|rub|rur",
    "USD": r"\$|доллар[а-я]{0,3}(?:\s+сша)?|долл|usd|us\s?\$",
    "EUR": "€|евро|eur",
    "GBP": "£|фунт[а-я]{0,3}|gbp",
    "CNY": "¥|юан[а-я]{1,3}|cny|rmb",
    "KZT": "₸|тенге|тг|kzt",
    "BYN": "бел\\.?\\s?руб[а-я]{0,4}|byn",
    "UAH": "₴|грив[а-я]{1,3}|грн|uah",
}
"""How each is written, as patterns of small letters."""
LONGEST = 60
"""Characters of a number, with its currency."""
_ANY = "|".join(f"(?P<{{place}}{code}>{words})" for code, words in CURRENCIES.items())
_BEFORE, _AFTER = _ANY.replace("{place}", "before"), _ANY.replace("{place}", "after")
_AMOUNT = re.compile(
    rf"(?P<sign>[+-]?)\s*(?:(?:{_BEFORE})\.?\s*)?(?P<inner>[+-]?)(?P<number>\d[\d\s.,'’]*)(?:[=-](?P<cents>\d\d)(?!\d))?\s*"
    rf"(?:(?:{_AFTER})(?!\w)\.?\s*(?:(?P<minor>\d{{1,2}})\s*(?:коп[а-я]{{0,5}}|cents?|¢)\.?)?)?",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"([+-]?)(\d+(?:[\s.,'’]\d+)*)")
_GAP = re.compile(r"[\s.,'’]")
_DASH = str.maketrans("−–", "--")


@dataclass(frozen=True, slots=True)
class Amount:
    """A sum of money."""

    value: Decimal
    currency: str = ""
    """Its code, empty where none is written."""

    @property
    def has_fraction(self) -> bool:
        """Whether it is written with decimals, be they zeros."""
        return int(self.value.as_tuple().exponent) < 0

    def same(self, other: Amount) -> bool:
        """Whether both are one sum; a currency that is not written may be any."""
        named = {self.currency, other.currency} - {""}
        return self.value == other.value and len(named) < 2

    def __str__(self) -> str:
        return f"{plain(self.value)} {self.currency}".strip()


def plain(value: Decimal) -> str:
    """A number with a decimal point that is taken for nothing else: ``1.2340``, since ``1.234`` may be a thousand."""
    text = f"{value:f}"
    return f"{text}0" if len(text.partition(".")[2]) == 3 else text


def number_of(text: str, mark: str = "", thousands: bool = False) -> Decimal | None:
    """The number that a text is; None where it is anything else, such as ``NaN`` or ``1e999``.

    Args:
        text: Of any length.
        mark: The decimal mark of the texts, ``.`` or ``,``; empty where it is not known.
        thousands: Whether ``1.234`` is more than a thousand, where the mark does not say it.
    """
    found = _NUMBER.fullmatch(text.strip().translate(_DASH)) if len(text) <= LONGEST else None
    if not found:
        return None
    groups, gaps = _GAP.split(found[2]), _GAP.findall(found[2])
    decimals = ""
    if gaps and _is_mark(groups, gaps, mark, thousands):
        decimals = groups.pop()
        gaps.pop()
    if gaps and not (1 <= len(groups[0]) <= 3 and all(len(one) == 3 for one in groups[1:]) and len(set(gaps)) == 1):
        return None
    return Decimal(f"{found[1]}{''.join(groups)}{decimals and '.'}{decimals}")


def _is_mark(groups: list[str], gaps: list[str], mark: str, thousands: bool) -> bool:
    """Whether the last separator is the decimal mark."""
    last, digits = gaps[-1], len(groups[-1])
    if last not in ".," or last in gaps[:-1]:
        return False
    if digits != 3 or len(gaps) > 1 or groups[0] == "0" or len(groups[0]) > 3:
        return True
    return last == mark if mark else not thousands


def amount_of(text: str, mark: str = "") -> Amount | None:
    """The sum that a text is, with its currency before or after it; None where it is anything else.

    Args:
        text: Of any length.
        mark: As ``number_of`` takes it.
    """
    found = _AMOUNT.fullmatch(text.strip().translate(_DASH)) if len(text) <= LONGEST else None
    value = number_of(found["number"], mark, thousands=True) if found else None
    if found is None or value is None:
        return None
    if cents := found["cents"] or found["minor"]:
        if value != value.to_integral_value():
            return None
        value = Decimal(f"{int(value)}.{int(cents):02}")
    named = [code for code in CURRENCIES if found[f"before{code}"] or found[f"after{code}"]]
    if len(named) > 1:
        return None
    return Amount(value.copy_negate() if "-" in (found["sign"], found["inner"]) else value, "".join(named))
