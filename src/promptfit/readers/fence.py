"""What a model puts around its value: a code fence, bold, quotes, a head like ``Answer:``."""

from __future__ import annotations

import re

from promptfit.types import Reading

_LONGEST = 20_000
"""Characters of an answer above which it is no wrapped value."""
_LAYERS = 5
_HEAD = (
    r"(?:(?:the|final|correct)\s+){0,3}answer(?:\s+is)?|value|result|output"
    r"|(?:(?:правильный|мой|итоговый)\s+)?ответ|значение|результат"
)
# Every repetition before the value is bounded: the time is linear in the text.
_WRAPPINGS = [
    re.compile(pattern, re.IGNORECASE | re.DOTALL)
    for pattern in (
        r"(?P<fence>```|~~~)(?:[\w+-]{0,20}[ \t]{0,8}\n)?(?P<value>.*?)(?P=fence)",
        r"(?P<marks>\*{1,3}|__|`)(?=\S)(?P<value>[^*`]*?)(?P=marks)",
        r"«(?P<value>[^«»]*)»",
        r"\"(?P<value>[^\"]*)\"",
        r"[“„](?P<value>[^“”„]*)[”“]",
        rf"(?P<marks>\*\*|__)(?:{_HEAD})\s{{0,8}}(?:[:：]\s{{0,8}}(?P=marks)|(?P=marks)\s{{0,8}}[:：])(?P<value>.*)",
        rf"(?:{_HEAD})(?:\s{{0,8}}[:：]|\s{{1,8}}[—–-]\s)(?P<value>.*)",
    )
]


def fence(text: str) -> Reading:
    """Takes all of it off, layer by layer; an answer with anything else around its value stays as it is."""
    value = text.strip() if len(text) <= _LONGEST else ""
    for _ in range(_LAYERS):
        found = next(filter(None, (one.fullmatch(value) for one in _WRAPPINGS)), None)
        if not found or not (inner := found["value"].strip()):
            break
        value = inner
    return Reading(text if value in ("", text.strip()) else value)
