"""Some of many things, and the start of a long text, for messages that stay short."""

from __future__ import annotations

from collections.abc import Sequence

SHOWN = 3


def some(things: Sequence[object], mark: str = ", ") -> str:
    """The first ones, and how many more there are: ``some([2, 3, 4, 9]) == "2, 3, 4 and 1 more"``."""
    shown = mark.join(map(str, things[:SHOWN]))
    return f"{shown} and {len(things) - SHOWN} more" if len(things) > SHOWN else shown


def shortened(text: str, longest: int) -> str:
    """The start of a text, and that there is more: ``shortened("abcde", 2) == "ab…"``."""
    return text if len(text) <= longest else f"{text[:longest]}…"


def start(text: str, longest: int) -> str:
    """The start of a text, and how much more there is: ``start("abcde", 2) == "ab… and 3 more characters"``."""
    return text if len(text) <= longest else f"{text[:longest]}… and {len(text) - longest:,} more characters"
