"""What a reasoning model thinks aloud is no answer; the value is what it says besides."""

from __future__ import annotations

import re

from promptfit.types import Reading

UNCLOSED = "unclosed thought"
"""The fault where a model thought until it was cut off, and said nothing."""

# Every repetition is bounded: the time is linear in the text.
_TAG = re.compile(
    r"<[ \t]{0,8}(?P<angle>/?)[ \t]{0,8}(?:think(?:ing)?|thought|reasoning)[ \t]{0,8}>"
    r"|◁(?P<triangle>/?)think▷|\[(?P<square>/?)THINK\]",
    re.IGNORECASE,
)


def thoughts(text: str) -> Reading:
    """Leaves out ``<think>…</think>`` and its kin, what is before a lone ``</think>``, and a thought without an end."""
    said, unclosed = spoken(text)
    if unclosed and not said.strip():
        return Reading("", UNCLOSED)
    return Reading(said if said == text else said.strip())


def spoken(text: str) -> tuple[str, bool]:
    """The text without thoughts, and whether the last of them never ended.

    A closing tag that nothing opened ends a thought from the start, since chat templates open it in the prompt.
    """
    parts: list[str] = []
    place, thinking = 0, False
    for tag in _TAG.finditer(text):
        closes = bool(tag["angle"] or tag["triangle"] or tag["square"])
        if closes and not thinking:
            parts = []
        elif not closes and not thinking:
            parts.append(text[place : tag.start()])
        place, thinking = tag.end(), not closes
    return "".join(parts if thinking else [*parts, text[place:]]), thinking
