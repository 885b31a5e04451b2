"""Values of spreadsheets and data bases as the texts that a person would write."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from typing import Any

_FIXED = re.compile(r"(#,##)?(?P<whole>0+)(\.(?P<after>0+))?")
"""Excel's formats of a fixed number of digits: ``000000``, ``0.00``."""


def cell_text(value: Any, dates: str, number_format: str = "") -> str:
    """A single value as text.

    Args:
        value: What a library read.
        dates: How days are written, in strftime's letters.
        number_format: Of a spreadsheet's cell.
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime):
        plain = value.hour == value.minute == value.second == 0
        return value.strftime(dates) if plain else f"{value.strftime(dates)} {value:%H:%M:%S}".removesuffix(":00")
    if isinstance(value, date):
        return value.strftime(dates)
    if isinstance(value, time):
        return f"{value:%H:%M:%S}".removesuffix(":00")
    if isinstance(value, int | float):
        return _number(value, number_format)
    return str(value)


def _number(value: float, number_format: str) -> str:
    """Digits as the sheet shows them where its format is one of digits alone; else without Excel's rounding dust."""
    found = _FIXED.fullmatch(number_format)
    if found and value >= 0 and not found[1]:
        after = len(found["after"] or "")
        if after or len(found["whole"]) > 1:
            return f"{value:0{len(found['whole']) + (after + 1) * bool(after)}.{after}f}"
    if isinstance(value, float):
        if value.is_integer() and abs(value) < 1e15:
            return str(int(value))
        return f"{value:.15g}"
    return str(value)
