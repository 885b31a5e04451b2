"""How truths are written: dates in CLDR's letters (``dd.MM.yyyy``), digits as ``0``, letters of codes as ``A``."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from promptfit.support.parsing.dates import PARTS, Date, whole_date

_ALIKE = 0.9
"""Of the truths that have one form: else there is none."""
_FIGURE = re.compile(r"\d(?:[\d\s.,'’]{0,58}\d)?")


def format_of(type: str, values: Sequence[str]) -> str:
    """The form that nearly all values of a type have; empty where there is none, or the type has no forms.

    Args:
        type: Of the values.
        values: Different ones.
    """
    return _FORMS[type](values) if type in _FORMS and values else ""


def _commonest(forms: Sequence[str], of: int, share: float = _ALIKE) -> str:
    form, count = Counter(forms).most_common(1)[0] if forms else ("", 0)
    return form if count >= share * of else ""


def _date(values: Sequence[str]) -> str:
    found = [one for text in values if (one := whole_date(text))]
    if _is_month_first(found):
        found = [one for text in values if (one := whole_date(text, month_first=True))]
    short = {part for part in PARTS for one in found if len(_shown(one, part)) == 1}
    return _commonest([_pattern(one, short) for one in found], len(values), 0.5)


def _is_month_first(found: Sequence[Date]) -> bool:
    """Whether some dates can have no other order, and none must have the usual one."""
    places = [(one.places["month"] < one.places["day"] < one.places["year"], one) for one in found]
    numeric = [(first, one) for first, one in places if _shown(one, "month").isdigit()]
    return any(first for first, _ in numeric) and not any(one.parts["day"] > 12 for first, one in numeric if not first)


def _shown(one: Date, part: str) -> str:
    return one.text[slice(*one.places[part])]


def _pattern(one: Date, short: set[str]) -> str:
    tokens = {
        "day": "d" if "day" in short else "dd",
        "month": ("M" if "month" in short else "MM") if _shown(one, "month").isdigit() else "MMMM",
        "year": "y" * len(_shown(one, "year")),
    }
    written, end = "", 0
    for part, (start, stop) in sorted(one.places.items(), key=lambda item: item[1]):
        written += _quoted(one.text[end:start]) + tokens[part]
        end = stop
    return written + _quoted(one.text[end:])


def _quoted(text: str) -> str:
    """What is no letter of the pattern, in the quotes that CLDR wants around letters."""
    return re.sub(r"[^\W\d_]+\.?", lambda found: f"'{found[0]}'", text)


def _figures(values: Sequence[str]) -> str:
    forms = [_figure(found[0]) for text in values if (found := _FIGURE.search(text))]
    grouped = [form for form in forms if form.startswith("0 000") or form.startswith("0,000")]
    decimals = _commonest([re.sub(r"^0(?:[ ,.]000)?", "", form) for form in forms], len(values), 0.5)
    return f"{grouped[0][:5] if grouped else '0'}{decimals}"


def _figure(text: str) -> str:
    """``871 763,72`` as ``0 000,00``."""
    found = re.fullmatch(r"(?P<whole>.*?)(?P<decimals>[.,](?:\d{1,2}|\d{4,}))?", text, re.DOTALL)
    whole, decimals = (found["whole"], found["decimals"] or "") if found else (text, "")
    gap = re.search(r"[\s'’]", whole) or re.search(r"[.,](?=\d{3}[.,])", text)  # 1,125 may have decimals
    shape = f"0{' ' if gap[0].isspace() else gap[0]}000" if gap else "0"
    return shape + re.sub(r"\d", "0", decimals)


def _code(values: Sequence[str]) -> str:
    return _commonest([_shape(text) for text in values], len(values)) if len(values) > 1 else ""


def _shape(text: str) -> str:
    text = re.sub("[A-Za-z]", "A", re.sub(r"\d", "0", text))
    return re.sub(r"[\u0400-\u04ff]", "А", text)


_FORMS: Mapping[str, Callable[[Sequence[str]], str]] = {
    "date": _date,
    "number": _figures,
    "amount": _figures,
    "code": _code,
}
