"""Names in plain ASCII that can be read, no two alike: MLflow's prompt registry takes no Cyrillic.

``passport Дата рождения`` becomes ``passport._Data.rozhdenija``.
"""

from __future__ import annotations

import re
from hashlib import sha256

# Every code is one letter, or ends a pair that no two codes spell: h only ends a pair, j only begins one.
_LETTERS = dict(
    zip(
        "абвгдежзийклмнопрстуфхцчшщъыьэюяё",
        "a b v g d e zh z i jh k l m n o p r s t u f x c ch sh wh qh y q eh ju ja jo".split(),
        strict=True,
    )
)
LONGEST = 255
"""Characters of an alias."""


def slug(text: str) -> str:
    """ASCII letters, digits, ``.``, ``-`` and ``_`` only; different texts have different slugs.

    A space is ``.``; Cyrillic stands between underscores (the last one left out at the end); outside of it a
    hyphen is doubled, and any other character is its code point in hexadecimal between hyphens.
    """
    parts = re.split("([а-яёА-ЯЁ]+(?:[ -][а-яёА-ЯЁ]+)*)", text)
    marked = "".join(f"_{_letters(part)}_" if i % 2 else _plain(part) for i, part in enumerate(parts))
    return marked.removesuffix("_")


def plain(name: str) -> str:
    """An answerer's name as the prompt registry takes it; mostly as it is."""
    return name if re.fullmatch("[A-Za-z0-9.-][A-Za-z0-9._-]*", name) else f"_{slug(name)}"


def alias(label: str) -> str:
    """A label as an alias: ASCII letters, digits, ``-`` and ``_``, and none that MLflow reserves (`latest`, `v2`).

    Mostly it is the label; another one's slug stands behind ``_``, so that different labels have different aliases.
    """
    reserved = re.fullmatch("latest|v[0-9]+", label, re.IGNORECASE)
    if re.fullmatch("[A-Za-z0-9-][A-Za-z0-9_-]*", label) and not reserved:
        return label
    long = "_" + slug(label).replace(".", "-20-")
    return long if len(long) <= LONGEST else f"{long[: LONGEST - 65]}-{sha256(label.encode()).hexdigest()}"


def _plain(text: str) -> str:
    return re.sub("[^A-Za-z0-9]", lambda m: {" ": ".", "-": "--"}.get(m[0]) or f"-{ord(m[0]):x}-", text)


def _letters(text: str) -> str:
    codes = ("." if c == " " else _LETTERS.get(c.lower(), c) for c in text)
    return "".join(code.capitalize() if c.isupper() else code for c, code in zip(text, codes, strict=True))
