"""Texts as they are compared: letters in one form (NFC), and names without what nobody sees in them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Literal

_OTHER_SPACE = re.compile(r"[^\S \t\n\r\f\v]")
_CYRILLIC = frozenset(map(chr, range(0x400, 0x483)))
"""As ASCII, letters that join nothing that stands before them."""
_UNSEEN = re.compile(r"[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff]")
_PIECE, _NEAR = 128, 32
"""Characters that are normalised at once: Python sorts a heap of marks over a letter in quadratic time, so that 100 KB
of accents take 20 s. Each piece ends within so many characters of that, where nothing is composed across the end."""


def nfc(text: str) -> str:
    """The text with composed letters: files from a Mac may hold ``й`` as two code points."""
    return normalized("NFC", text)


def normalized(form: Literal["NFC", "NFD", "NFKC"], text: str) -> str:
    """The text in a normal form of Unicode, in a time that is linear in it.

    A heap of more than ``_NEAR`` marks over one letter may be sorted in pieces; no language has one.
    """
    return text if text.isascii() else "".join(unicodedata.normalize(form, piece) for piece in _pieces(text))


def _pieces(text: str) -> Iterator[str]:
    """Cuts a long text before a letter that joins nothing, or at least before one that is no mark."""
    start = 0
    while len(text) - start > _PIECE:
        last = start + _PIECE
        places = range(last, last - _NEAR, -1)
        plain = next((at for at in places if text[at].isascii() or text[at] in _CYRILLIC), last)
        end = plain if plain != last else next((at for at in places if not unicodedata.combining(text[at])), last)
        yield text[start:end]
        start = end
    yield text[start:]


def plain_spaces(text: str) -> str:
    """Takes spaces of every width, breaking or not, for the plain one, and leaves out characters of no width."""
    return _UNSEEN.sub("", _OTHER_SPACE.sub(" ", text))


def as_name(text: str) -> str:
    """A name (of a field, a split, a document) as names are compared: NFC, words with one plain space between them."""
    return " ".join(plain_spaces(nfc(text)).split())


def unplain(text: str) -> list[str]:
    """The characters that `plain_spaces` changes, by name: ``no-break space U+00A0``."""
    found = dict.fromkeys(_OTHER_SPACE.findall(text) + _UNSEEN.findall(text))
    return [f"{unicodedata.name(one, 'character').lower()} U+{ord(one):04X}" for one in found]


def shown_plainly(text: str) -> str:
    """The text with those characters made visible: ``гор.<U+00A0>Псков``."""
    for pattern in (_OTHER_SPACE, _UNSEEN):
        text = pattern.sub(lambda found: f"<U+{ord(found[0]):04X}>", text)
    return text
