"""Names that become parts of files' names, on any system that the files may be copied to."""

from __future__ import annotations

import re
import unicodedata

from promptfit.types import PromptfitError

LONGEST = 110
"""Bytes in UTF-8: `<answerer>_sep_<label>.json` and the name that it is written under first fit into 255."""
_FORBIDDEN = re.compile(r'[/\\<>:"|?*\x00-\x1f\x7f-\x9f\ud800-\udfff\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]')
_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?", re.IGNORECASE)
"""Windows' devices, with whatever ending."""


def file_name(key: str, name: str) -> str:
    """The name in NFC, if it can be a part of a file's name.

    Args:
        key: Where it was said.
        name: The name.

    Raises:
        PromptfitError: It can't; the message says why, and has one that can.
    """
    name = unicodedata.normalize("NFC", name)
    if fault := _fault(name):
        plain = _plain(name)
        remedy = f"; {key}={plain} can be" if plain and not _fault(plain) else ""
        raise PromptfitError(f"{key}={name!r} can't be a part of a file's name: {fault}{remedy}")
    return name


def _fault(name: str) -> str:
    if not name:
        return "it is empty"
    if found := _FORBIDDEN.search(name):
        return f"it holds {found[0]!r}"
    if name[0] in ". " or name[-1] in ". ":
        return "it begins or ends with a full stop or a space"
    if _RESERVED.fullmatch(name):
        return "Windows has a device of that name"
    if (size := len(name.encode("utf-8"))) > LONGEST:
        return f"it has {size} bytes in UTF-8, and at most {LONGEST} fit"
    return ""


def _plain(name: str) -> str:
    """What is left after the last slash, without what is not allowed."""
    last = _FORBIDDEN.sub("-", re.split(r"[/\\]", name)[-1]).strip(". -")
    return last.encode("utf-8", "ignore")[:LONGEST].decode("utf-8", "ignore").strip(". ")


def safe_path(path: str) -> str:
    """A path of others as one below our own folder, on any system: each part is a name that may be, none leads up."""
    parts = [_plain_with_ending(unicodedata.normalize("NFC", part)) for part in re.split(r"[/\\]", path)]
    kept = [f"_{part}" if _RESERVED.fullmatch(part) else part for part in parts if part]
    return "/".join(kept) or "_"


def _plain_with_ending(name: str) -> str:
    """The same of a file's name, whose ending stays where the name is cut."""
    stem, dot, ending = name.rpartition(".")
    if not stem or not re.fullmatch(r"[A-Za-z0-9]{1,5}", ending):
        return _plain(name)
    short = stem.encode("utf-8", "ignore")[: LONGEST - len(ending) - 1].decode("utf-8", "ignore")
    return _plain(f"{_plain(short)}{dot}{ending}")
