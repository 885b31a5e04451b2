"""What failed calls are: those that may succeed if they are made again, and those that never will."""

from __future__ import annotations

LONGEST_WAIT = 60.0
"""Seconds between two attempts, unless the server asks for more."""
PATIENCE = 600.0
"""A server that wants to be left alone for longer (seconds) is asked again by the person, not by us."""


class Temporary(Exception):
    """The call failed, and may succeed if it is made again.

    Args:
        reason: What happened, in a phrase.
        wait: Seconds after which the server wants to be asked again, if it said so.
        cause: ``busy``: the server has too much to do; ``slow``: it did not reply in time; ``away``: nobody is there;
            ``odd``: anything else.
    """

    def __init__(self, reason: str, wait: float | None = None, cause: str = "odd") -> None:
        super().__init__(reason)
        self.wait, self.cause = wait, cause

    def soon(self) -> bool:
        """Whether the server may be asked again before our patience ends."""
        return (self.wait or 0.0) <= PATIENCE


class Permanent(Exception):
    """The call failed, and would fail again.

    Args:
        kind: What is at fault: ``key``, ``credit``, ``model``, ``right`` (of the key to the model), ``country``,
            ``forbidden`` (nobody said why), ``setting``, ``request`` or ``filter``.
        reason: What the server said.
        setting: The parameter of the API that it does not take.
    """

    def __init__(self, kind: str, reason: str, setting: str = "") -> None:
        super().__init__(reason)
        self.kind, self.setting = kind, setting


def redacted(text: str, secret: str) -> str:
    """Returns the text on one line, without the key, and without the parts of it that servers like to quote."""
    words = text.split()
    if not secret:
        return " ".join(words)
    parts = {secret[start : start + _PART] for start in range(max(1, len(secret) - _PART + 1))}
    return " ".join("[key]" if _quotes(word, secret, parts) else word for word in words)


_PART = 6
"""Characters of a key in a row that are no chance."""


def _quotes(word: str, secret: str, parts: set[str]) -> bool:
    bare = word.strip(".,:;!?()[]{}'\"`<>")
    end = len(bare) >= _PART // 2 and (secret.startswith(bare) or secret.endswith(bare))
    return end or "**" in word or any(part in word for part in parts)
