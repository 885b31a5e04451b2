"""A key in the forms in which two spellings of one name are the same: without case, marks between words, or script."""

from __future__ import annotations

import re

from promptfit.support.lookalikes import folded
from promptfit.support.texts import as_name, normalized

LONGEST = 100
"""Characters of a key above which it is only compared as it stands."""
_BETWEEN = re.compile(r"[\W_]+")
_SAME_SOUND = [
    (re.compile(pattern), to)
    for pattern, to in (
        (r"[^a-z0-9]", ""),
        (r"shch|sch|shh", "w"),
        (r"kh|x", "h"),
        (r"ts|tz|cz", "c"),
        (r"[jy]", "i"),
        (r"(.)\1+", r"\1"),
        (r"i(?=[aeou])", ""),  # familiya, familia, famil'ya
    )
]
"""Between the usual transliterations of Russian: passports', GOST 7.79, ISO 9, BGN, and how people write."""


def cased(key: str) -> str:
    """Without case, and with one plain space between words."""
    return as_name(key).casefold()


def spelled(key: str) -> str:
    """Letters and digits alone, ё as е, look-alike letters of two scripts as one."""
    return folded(_BETWEEN.sub("", cased(key)).replace("ё", "е"))


def sounded(key: str) -> str:
    """In Latin letters, without what transliterations differ in: ``sounded("Фамилия") == sounded("familija")``."""
    from anyascii import anyascii

    plain = normalized("NFC", key).casefold().replace("ё", "е")
    latin = anyascii(_BETWEEN.sub("", plain)).casefold()
    for pattern, to in _SAME_SOUND:
        latin = pattern.sub(to, latin)
    return latin
