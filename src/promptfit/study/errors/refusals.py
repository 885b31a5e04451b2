"""Answers that say that there is no answer."""

from __future__ import annotations

import re

from promptfit.support.parsing.loose import words
from promptfit.types import ABSENT

_WHOLE = frozenset(map(words, (*ABSENT, "unknown", "неизвестно", "не знаю", "not found", "no answer"))) - {""}
_PARTS = (
    r"не\s+(?:могу|можем|мог\b|смог|удалось|удается|вижу|видно|видна|виден|видны|знаю|найден|найти|указан|определ"
    r"|распозна|читае|разобра|представлен|содерж|предоставлен|понима)",
    r"невозможно|нечитаем|неразборчив|нет\s+(?:данных|информации|возможности|ответа|такого)",
    r"отсутству[ею]т|к\s+сожалению|извините|простите|не\s+имею\s+возможности|недоступ",
    r"(?:can\s?not|can['’]t|could\s?n['’]?t|could\s+not|unable|not\s+able)\s+",
    r"not\s+(?:visible|legible|readable|clear|available|found|specified|provided|present|shown|possible|sure|contain)",
    r"(?:don['’]t|do\s+not|does\s+not|doesn['’]t)\s+(?:see|know|have|contain|show)",
    r"sorry|apologi[sz]e|illegible|unreadable|no\s+(?:information|data|such|text|visible)",
    r"as\s+an\s+ai\b|language\s+model",
)
_REFUSAL = re.compile(rf"(?<!\w)(?:{'|'.join(_PARTS)})", re.IGNORECASE)
_LONGEST = 1000
"""Whoever refuses says so at once."""


def is_refusal(answer: str) -> bool:
    """Whether an answer, in Russian or English, says that the value is not there, or can't be read or told."""
    said = answer[:_LONGEST]
    return words(said) in _WHOLE or bool(_REFUSAL.search(said.replace("ё", "е")))
