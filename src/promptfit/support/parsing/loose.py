"""Texts without what does not make a value another one: case, separators, Ё for Е.

Where it is asked what was meant, and not what was written, Latin letters stand for Cyrillic ones, too.
"""

from __future__ import annotations

import re
from functools import lru_cache

from promptfit.support.lookalikes import folded
from promptfit.support.texts import normalized

_NO_WORD = re.compile(r"[\W_]+")
_SHORT = 200
"""Texts up to this length are kept: the same ones are asked for again and again."""


def loose(text: str) -> str:
    """The words of a text, in small letters, with one space between them.

    ``loose("«ЗАО  Ёлка»") == "зао елка"``, and the same if the А is Latin.
    A text without a letter or digit becomes empty.
    """
    return _kept(text)[0] if len(text) <= _SHORT else _loose(text)


def compact(text: str) -> str:
    """The same without spaces: ``compact("208-689-282 08") == "20868928208"``."""
    return _kept(text)[1] if len(text) <= _SHORT else _loose(text).replace(" ", "")


def words(text: str) -> str:
    """As ``loose``, but a Latin letter is no Cyrillic one: ``words("«ЗАО  Ёлка»") == "зао елка"``."""
    return _NO_WORD.sub(" ", normalized("NFKC", text).casefold().replace("ё", "е")).strip()


@lru_cache(maxsize=1 << 15)
def _kept(text: str) -> tuple[str, str]:
    words = _loose(text)
    return words, words.replace(" ", "")


def _loose(text: str) -> str:
    return _NO_WORD.sub(" ", folded(normalized("NFKC", text)).replace("ё", "е")).strip()
