"""Dates as documents and models write them, and one date written as another is.

Patterns and two tables of months: nothing is guessed, and nothing hangs on today. The libraries that were measured
stand in docs/dependencies.md.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from promptfit.support.parsing.loose import compact

MONTHS = {
    "ru": "января февраля марта апреля мая июня июля августа сентября октября ноября декабря".split(),
    "en": "January February March April May June July August September October November December".split(),
}
_STEMS = "янв фев мар апр ма[йя] июн июл авг сен окт ноя дек".split(), [name[:3].lower() for name in MONTHS["en"]]
_STEM = re.compile("|".join(rf"(?P<m{place}>{ru}|{en})" for place, (ru, en) in enumerate(zip(*_STEMS, strict=True), 1)))
_WORD = rf"(?P<month>(?:{'|'.join(stem for stems in _STEMS for stem in stems)})[^\W\d_]{{0,6}})"
_DAY = r"(?P<day>\d{1,2})"
_MONTH = r"(?P<month>\d{1,2})"
_YEAR = r"(?P<year>\d{4})"
_TAIL = r"(?:\s*(?:года|год|г)(?!\w)\.?)?"
_ALIKE = r"(?P<part>\s*[./-]\s*|\s+)"
_FORMS = [
    re.compile(rf"(?<!\d){form}", re.IGNORECASE)
    for form in (
        rf"{_YEAR}{_ALIKE}{_MONTH}(?P=part){_DAY}(?!\d)",
        rf"{_DAY}{_ALIKE}{_MONTH}(?P=part)(?P<year>\d{{4}}|\d{{2}})(?!\d){_TAIL}",
        rf"[«\"]?{_DAY}(?:-?го|st|nd|rd|th)?[»\"]?[\s.-]*{_WORD}[.,]?[\s-]*{_YEAR}(?!\d){_TAIL}",
        rf"{_WORD}\.?\s*{_DAY}(?:st|nd|rd|th)?,?\s*{_YEAR}(?!\d)",
    )
]
PARTS = ("day", "month", "year")
Span = tuple[int, int]
_LONGEST, _LONGEST_DATE = 5000, 60
"""Characters of a text in which dates are looked for, and of one that may be a date."""


class Day(NamedTuple):
    """A day of the calendar; a year below 100 may be of any century."""

    year: int
    month: int
    day: int

    @property
    def is_real(self) -> bool:
        """Whether the calendar has it: there is no 31.02.; where the century is not known, whether a leap year has."""
        try:
            datetime.date(self.year if self.year >= 100 else 2000, self.month, self.day)
        except ValueError:
            return False
        return True

    def same(self, other: Day) -> bool:
        """Whether both are one day, in whatever century where that is not known."""
        short = min(self.year, other.year) < 100
        years = (self.year % 100, other.year % 100) if short else (self.year, other.year)
        return years[0] == years[1] and self[1:] == other[1:]

    def __str__(self) -> str:
        return f"{self.year:04}-{self.month:02}-{self.day:02}"


@dataclass(frozen=True, slots=True)
class Date:
    """A date in a text: its parts as numbers, and where they stand."""

    text: str
    span: Span
    parts: dict[str, int]
    """``day``, ``month`` and ``year``."""
    places: dict[str, Span]
    """Of each part, in ``text``."""

    @property
    def meant(self) -> Day:
        """The day itself."""
        return Day(**self.parts)

    def same(self, other: Date) -> bool:
        """Whether both are the same day."""
        return self.meant.same(other.meant)

    def written_as(self, form: Date) -> str:
        """This date in the other's form: ``1 мая 1990`` as ``2026-01-11`` is ``1990-05-01``."""
        written, end = "", form.span[0]
        for part, (start, stop) in sorted(form.places.items(), key=lambda item: item[1]):
            written += form.text[end:start] + self._part(part, form, form.text[start:stop])
            end = stop
        return written + form.text[end : form.span[1]]

    def _part(self, part: str, form: Date, shown: str) -> str:
        value = self.parts[part]
        if value == form.parts[part] or (part == "year" and self.same(form)):
            return shown
        if part == "month" and not shown.isdigit():
            return MONTHS["en" if shown.isascii() else "ru"][value - 1]
        if part == "year" and value < 100 < form.parts["year"]:
            value += form.parts["year"] // 100 * 100
        return f"{value % 100 if len(shown) == 2 else value:0{len(shown)}}"


def dates(text: str, month_first: bool = False) -> Iterator[Date]:
    """The dates in a text, by their forms, then from left to right.

    Args:
        text: Of any length; dates are looked for at its start.
        month_first: Whether ``03/04/2020`` is in March. ``06/15/1940`` is in June whatever is said.
    """
    if not any(letter.isdigit() for letter in text[:_LONGEST]):
        return
    for form in _FORMS:
        for found in form.finditer(text[:_LONGEST]):
            named = found.groupdict()
            parts = {part: _value(found[part]) for part in PARTS}
            places = {part: found.span(part) for part in PARTS}
            if named.get("part") and found.start("day") < found.start("month") < found.start("year"):
                american = named["part"].strip() == "/" and parts["month"] > 12 >= parts["day"]
                if american or (month_first and parts["day"] <= 12):
                    parts["day"], parts["month"] = parts["month"], parts["day"]
                    places["day"], places["month"] = places["month"], places["day"]
            if 1 <= parts["day"] <= 31 and 1 <= parts["month"] <= 12:
                yield Date(text, found.span(), parts, places)


def whole_date(text: str, month_first: bool = False) -> Date | None:
    """The date that a text is, marks around it apart; None where it says anything else.

    Args:
        text: Of any length.
        month_first: As ``dates`` takes it.
    """
    if len(text) > _LONGEST_DATE:
        return None
    found = dates(text, month_first)
    return next((one for one in found if not compact(text[: one.span[0]] + text[one.span[1] :])), None)


def _value(text: str) -> int:
    if text.isdigit():
        return int(text)
    stem = _STEM.match(text.lower())
    assert stem and stem.lastgroup  # the pattern of words is made of these stems
    return int(stem.lastgroup[1:])
