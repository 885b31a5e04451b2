"""Whether the model that a reply names is the one that was asked for."""

from __future__ import annotations

import re
from collections import Counter

_DATE = re.compile(r"\d{3,8}(?:-\d{2}){0,2}")
"""What a snapshot's name has at its end: 2024-08-06, 20250929, 0613, 2604, 002."""


def same(asked: str, replied: str) -> bool:
    """Whether both are one name: some servers leave out who made the model, or order the words otherwise."""
    return _more(asked, replied) == ""


def is_snapshot(asked: str, replied: str) -> bool:
    """Whether the reply names a dated snapshot of what was asked for: gpt-4o, and gpt-4o-2024-08-06."""
    return bool(_DATE.fullmatch(_more(asked, replied) or ""))


def _more(asked: str, replied: str) -> str | None:
    """What the reply's name has beyond the asked one; None where it lacks something."""
    names = [name.casefold().removeprefix("models/") for name in (asked.removesuffix("-latest"), replied)]
    if not all("/" in name for name in names):
        names = [name.rpartition("/")[2] for name in names]
    # claude-sonnet-4.5 is claude-4.5-sonnet-20250929 elsewhere: the words count, not their order
    wanted, found = (re.findall(r"[^-._:@/\s]+", name) for name in names)
    left = Counter(wanted)
    more = []
    for word in found:
        if left[word]:
            left[word] -= 1
        else:
            more.append(word)
    return None if left.total() else "-".join(more)
