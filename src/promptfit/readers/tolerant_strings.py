"""Strings of a JSON that is not well-formed: where they end, and what they say.

A quote ends a value only where a comma and another member, a bracket, a comment or the end follows it; any other one is
a part of the value (``"ООО "Ромашка", Москва"``). All patterns take a time that is linear in the text.
"""

from __future__ import annotations

import re
from collections import Counter

from promptfit.readers.repairs import Repair

QUOTES = {'"': '"', "'": "'", "“": "”"}
"""How a string may begin, and end then."""
_ENDS = r"[}\]]|\Z|//|/\*|```|~~~"
AHEAD = r"""["'“}\],;]|\.\.\.|…|\w[\w .-]*+[:=]|\Z|//|/\*"""
"""What follows a comma between members: a key, or the end."""
_ITEM = r"""["'“{\[}\]\d-]|(?:true|false|null|None|True|False|NaN|Infinity)\b|\Z|//|/\*"""
_UNPARTED = {one: rf"{one}[^{end}\\]*+{end}\s*+:" for one, end in QUOTES.items()}
"""The next key, where the comma before it is missing."""
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|.)", re.DOTALL)
_ESCAPED = {'"': '"', "\\": "\\", "/": "/", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_CONTROL = re.compile(r"[\x00-\x1f]")


def _pattern(opening: str, end: str) -> re.Pattern[str]:
    closing = QUOTES[opening]
    body = rf"(?:[^{closing}\\]++|\\.|{closing}(?!{end}))*+"
    return re.compile(rf"{opening}(?P<body>{body})(?P<closed>{closing})?", re.DOTALL)


KEYS = {one: _pattern(one, r"""\s*+(?:[:=,}\]"'“]|\Z|//|/\*)""") for one in QUOTES}
VALUES = {one: _pattern(one, rf"\s*+(?:{_ENDS}|[,;]\s*+(?:{AHEAD}))|\s++{_UNPARTED[one]}") for one in QUOTES}
"""Of an object's members."""
ITEMS = {one: _pattern(one, rf"\s*+(?:{_ENDS}|[,;]\s*+(?:{_ITEM}))") for one in QUOTES}
"""Of a list."""


def unescaped(opening: str, body: str, repairs: Counter[Repair]) -> str:
    """What a string says.

    Args:
        opening: Its first quote.
        body: What stands between its quotes.
        repairs: Counts what had to be put right.
    """
    closing = QUOTES[opening]
    if opening != '"':
        repairs[Repair.OTHER_QUOTES] += 1
    if _CONTROL.search(body):
        repairs[Repair.RAW_CONTROL] += 1
    if "\\" not in body:
        repairs[Repair.INNER_QUOTES] += closing in body
        return body
    repairs[Repair.INNER_QUOTES] += closing in re.sub(r"\\.", "", body, flags=re.DOTALL)

    def said(found: re.Match[str]) -> str:
        mark = found[1]
        if mark[0] == "u" and len(mark) == 5:
            return chr(int(mark[1:], 16))
        if mark in _ESCAPED or mark == closing:
            return _ESCAPED.get(mark, mark)
        repairs[Repair.BAD_ESCAPE] += 1
        return found[0]

    text = _ESCAPE.sub(said, body)
    # the halves of one character may be escaped each on its own
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass") if "\\u" in body else text
