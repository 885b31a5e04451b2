"""JSON as its standard has it, by Python's own decoder, which is in C and hands over the digits of numbers."""

from __future__ import annotations

import json
import re

from promptfit.readers.json_values import Members, Node, Number

DEEPEST = 100
"""Brackets inside each other; a decoder that calls itself needs a limit, and no record comes near this one."""
_MARKS = re.compile(r'"(?:[^"\\]++|\\.)*+"?|[{}\[\]]', re.DOTALL)
_DECODER = json.JSONDecoder(
    object_pairs_hook=Members, parse_float=Number, parse_int=Number, parse_constant=Number, strict=True
)


class TooDeepError(ValueError):
    """There are more than ``DEEPEST`` brackets inside each other."""


def decoded(text: str, place: int) -> tuple[Node, int]:
    """The JSON value that begins at a place, and where it ends.

    Args:
        text: One that is not ``is_deep``.
        place: In characters.

    Raises:
        ValueError: None begins there.
    """
    return _DECODER.raw_decode(text, place)


def sole_object(text: str) -> Members | None:
    """The object that a text is, if it is one and nothing else."""
    if not text.startswith("{") or is_deep(text):
        return None
    try:
        root, end = decoded(text, 0)
    except ValueError:
        return None
    return root if end == len(text) and isinstance(root, Members) else None


def is_deep(text: str) -> bool:
    """Whether the decoder would have to go too deep, in linear time."""
    if text.count("{") + text.count("[") <= DEEPEST:
        return False
    depth = 0
    for mark in _MARKS.finditer(text):
        if mark[0][0] != '"':
            depth = depth + 1 if mark[0] in "{[" else max(depth - 1, 0)
            if depth > DEEPEST:
                return True
    return False
