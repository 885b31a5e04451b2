"""Texts as they are compared: letters in one form (NFC), and names without what nobody sees in them."""

from __future__ import annotations

import re
import unicodedata

_OTHER_SPACE = re.compile(r"[^\S \t\n\r\f\v]")
_UNSEEN = re.compile(r"[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff]")


def nfc(text: str) -> str:
    """The text with composed letters: files from a Mac may hold ``й`` as two code points."""
    return unicodedata.normalize("NFC", text)


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
