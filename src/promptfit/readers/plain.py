"""The whole answer is the value."""

from __future__ import annotations

from promptfit.types import Reading


def plain(text: str) -> Reading:
    """Takes the answer as it came."""
    return Reading(text)
