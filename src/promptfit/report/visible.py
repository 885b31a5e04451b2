"""Characters that nobody sees, or that turn a line around, as something to see: an answer may hold anything."""

from __future__ import annotations

import re

_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u115f\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff"
    "\ufff9-\ufffb\ud800-\udfff\ufffe\uffff\U000e0000-\U000e01ef]"
)
_MARKS = re.compile(
    r"([\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff]{3})[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff]+"
)
"""Heaps of accents, which would paint over the lines around them."""


def visible(text: str) -> str:
    """The text with control, direction and zero-width characters written as their code points; lines stay lines."""
    return _MARKS.sub(r"\1…", _UNSEEN.sub(lambda found: f"⟨U+{ord(found[0]):04X}⟩", text))


def cut(text: str, longest: int = 400) -> str:
    """Not more of a text than a page has room for."""
    return text if len(text) <= longest else f"{text[:longest]}… (+{len(text) - longest})"


def character(one: str) -> str:
    """A character of a table, blanks too."""
    names = {" ": "␣", "\n": "↵", "\t": "⇥", "\N{NO-BREAK SPACE}": "⍽"}
    return "".join("◌" if _UNSEEN.match(letter) else names.get(letter, letter) for letter in one[:3])


def code_points(text: str) -> str:
    """``U+041E``: tells О from O and from 0."""
    return " ".join(f"U+{ord(letter):04X}" for letter in text[:3])
