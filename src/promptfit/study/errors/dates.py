"""Dates as documents and models write them, and one date written as another is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

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
Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Date:
    """A date in a text: its parts as numbers, and where they stand."""

    text: str
    span: Span
    parts: dict[str, int]
    """``day``, ``month`` and ``year``."""
    places: dict[str, Span]
    """Of each part, in ``text``."""

    def same(self, other: Date) -> bool:
        """Whether both are the same day; a year of two digits may be of any century."""
        years = self.parts["year"], other.parts["year"]
        short = min(years) < 100
        return (
            self.parts["day"] == other.parts["day"]
            and self.parts["month"] == other.parts["month"]
            and (years[0] % 100 == years[1] % 100 if short else years[0] == years[1])
        )

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


def dates(text: str) -> Iterator[Date]:
    """The dates in a text, by their forms, then from left to right."""
    if not any(letter.isdigit() for letter in text[:5000]):
        return
    for form in _FORMS:
        for found in form.finditer(text[:5000]):
            parts = {part: _number(found[part]) for part in ("day", "month", "year")}
            if 1 <= parts["day"] <= 31 and 1 <= parts["month"] <= 12:
                yield Date(text, found.span(), parts, {part: found.span(part) for part in parts})


def _number(text: str) -> int:
    if text.isdigit():
        return int(text)
    stem = _STEM.match(text.lower())
    assert stem and stem.lastgroup  # the pattern of words is made of these stems
    return int(stem.lastgroup[1:])
