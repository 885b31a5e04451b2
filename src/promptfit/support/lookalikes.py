"""Latin and Cyrillic letters that look alike: finding them in each other's words, and the names that were meant."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable

from promptfit.support.texts import as_name

LATIN, CYRILLIC = "ABCEHKMOPTXYaceopxyISJisj", "АВСЕНКМОРТХУасеорхуІЅЈіѕј"
"""Letter by letter."""
_TO_CYRILLIC, _TO_LATIN = str.maketrans(LATIN, CYRILLIC), str.maketrans(CYRILLIC, LATIN)
_FOLDED = str.maketrans(LATIN.casefold(), CYRILLIC.casefold())
_WORD, _LATIN_LETTER, _CYRILLIC_LETTER = re.compile(r"[^\W_]+"), re.compile("[A-Za-z]"), re.compile("[\u0400-\u04ff]")


def folded(text: str) -> str:
    """The text in small letters, one for all that look alike as capitals: ``folded("CHИЛC") == folded("снилс")``."""
    return text.casefold().translate(_FOLDED)


def strange_letters(text: str, usual: Iterable[str] = ()) -> str:
    """The letters of one script that stand in words of the other, and look as if they belonged there.

    Args:
        text: The text.
        usual: Words of the same kind of text; one whose letters all look like those of a usual word is strange, too
            (``OOO`` in Latin letters).
    """
    found = "".join(_strange(word, usual) for word in _WORD.findall(text))
    return "".join(dict.fromkeys(found))


def cyrillic_words(texts: Iterable[str]) -> set[str]:
    """The words in Cyrillic letters alone."""
    return {word for text in texts for word in _WORD.findall(text) if not _LATIN_LETTER.search(word)}


def meant(name: str, known: Iterable[str]) -> str:
    """`did you mean "…"?`, with the letters that only look right; empty where nothing is close."""
    names = {folded(one): one for one in known}
    wanted = folded(as_name(name))
    close = [wanted] if wanted in names else difflib.get_close_matches(wanted, names, n=3, cutoff=0.5)
    if not close:
        return ""
    listed = " or ".join(f'"{names[one]}"' for one in close)
    return f"did you mean {listed}?{_differing(as_name(name), names[close[0]])}"


def _strange(word: str, usual: Iterable[str]) -> str:
    latin, cyrillic = _LATIN_LETTER.findall(word), _CYRILLIC_LETTER.findall(word)
    if latin and all(one in LATIN for one in latin) and (cyrillic or word.translate(_TO_CYRILLIC) in usual):
        return "".join(latin)
    return "".join(cyrillic) if latin and all(one in CYRILLIC for one in cyrillic) else ""


def _differing(name: str, other: str) -> str:
    """Which letters of a name are of the other script, where the two look alike."""
    if folded(name) != folded(other):
        return ""
    wrong = "".join(
        dict.fromkeys(one for one, two in zip(name, other, strict=False) if one.casefold() != two.casefold())
    )
    scripts = {"Latin": _LATIN_LETTER, "Cyrillic": _CYRILLIC_LETTER}
    said = [f"{', '.join(letters)} {script}" for script, one in scripts.items() if (letters := one.findall(wrong))]
    return f' In "{name}" letters only look alike: {"; ".join(said)}.' if said else ""
