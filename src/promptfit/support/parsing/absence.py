"""Whether a text says that nothing is there."""

from __future__ import annotations

import re
from functools import lru_cache

from promptfit.support.parsing.loose import words
from promptfit.support.parsing.value_types import parsed
from promptfit.types import ValueKind

_LONGEST = 60
"""Characters of a text that says it."""
_is_blank = re.compile(r"[\s\-‐‑‒–—―−_.…*`'\"«»„“”()\[\]{}<>]+").fullmatch
"""Nothing but dashes, dots, and what may stand around a value."""


def is_absent(text: str, kind: ValueKind) -> bool:
    """Whether a text is empty, or one of the words that mean that nothing is there.

    A word that is a value of the field itself is one: ``нет`` beside ``да``.
    """
    said = text.strip()
    if not said or len(said) > _LONGEST:
        return not said
    return _says_nothing(said, kind)


@lru_cache(maxsize=1 << 14)
def _says_nothing(said: str, kind: ValueKind) -> bool:
    own = words(said)
    named = own in _words(kind.absent) if own else said in kind.absent or ("-" in kind.absent and bool(_is_blank(said)))
    return named and not (kind.type in ("boolean", "choice") and parsed(said, kind) is not None)


@lru_cache(maxsize=256)
def _words(absent: tuple[str, ...]) -> frozenset[str]:
    return frozenset(map(words, absent)) - {""}
