"""A prompt that has a system text, as one text: ``<system>…</system>`` in front of the user text.

Searches compare prompts by their text, generators propose them as text, and people read them so. Only where a prompt is
asked, and where a file has a place of its own for the system text, are the two told apart.
"""

from __future__ import annotations

import re

_WHOLE = re.compile(r"\s*<system>\s*(.*?)\s*</system>\s*(.*?)\s*", re.DOTALL)
END = "</system>"
"""No system text may hold it."""


def joined(system: str, user: str) -> str:
    """The prompt as one text; the user text alone where there is no system text."""
    return f"<system>\n{system.strip()}\n{END}\n{user.strip()}" if system.strip() else user


def parted(text: str) -> tuple[str, str]:
    """The system text, which may be empty, and the user text."""
    found = _WHOLE.fullmatch(text)
    return (found[1], found[2]) if found else ("", text)
