"""Words and abbreviations that mean the same in Russian documents."""

from __future__ import annotations

import re

from promptfit.support.texts import normalized

SEXES = ("мужской", "мужчина", "муж", "м", "male", "m"), ("женский", "женщина", "жен", "ж", "female", "f")
"""Whole values that mean the same."""
SPELLINGS = (
    ("город", "гор", "г"),
    ("село", "с"),
    ("деревня", "дер", "д"),
    ("посёлок", "поселок", "пос", "п"),
    ("область", "обл"),
    ("республика", "респ"),
    ("улица", "ул"),
    ("россия", "российская федерация", "рф"),
    ("общество с ограниченной ответственностью", "ооо"),
    ("публичное акционерное общество", "пао"),
    ("закрытое акционерное общество", "зао"),
    ("открытое акционерное общество", "оао"),
    ("акционерное общество", "ао"),
    ("индивидуальный предприниматель", "ип"),
)
"""Words and abbreviations that mean the same, anywhere in a value; the longer ones come first."""

_SHORTEST = {word.replace("ё", "е"): group[-1] for group in SPELLINGS for word in group}
_ANY = re.compile(rf"(?<!\w)(?:{'|'.join(sorted(_SHORTEST, key=len, reverse=True))})(?!\w)\.?")
_QUOTES, _DASHES = re.compile("[\"'`«»„“”‘’‚‹›]"), re.compile(r"\s*[-‐‑‒–—―−]\s*")
_ENDS = " .,;:"


def plainly(text: str) -> str:
    """A text as texts are compared: small letters, no Ё, one space between words, one dash, no quotes, no marks at its
    ends, and the shortest of the spellings above: ``plainly("Закрытое  акционерное общество «Ёлка».") == "зао елка"``.
    """
    text = normalized("NFKC", text).casefold().replace("ё", "е")
    text = _DASHES.sub("-", _QUOTES.sub(" ", text))
    text = _ANY.sub(lambda found: f" {_SHORTEST[found[0].rstrip('.')]} ", text)
    return " ".join(text.split()).strip(_ENDS)


def has_spelling(text: str) -> bool:
    """Whether one of those words, of more than a letter, stands in a text: a company, or a place, and no person."""
    found = _ANY.finditer(normalized("NFKC", text).casefold().replace("ё", "е"))
    return any(len(one[0].rstrip(".")) > 1 for one in found)
