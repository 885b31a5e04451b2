"""What a failed call means: try again, or stop; and how to say so without the key."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

AGAIN = frozenset({408, 409, 425, 429})
"""Statuses below 500 after which the same call may succeed."""
BUSY = frozenset({408, 425, 429, 503, 504, 529})
"""Statuses of a server that has too much to do."""
NO_CREDIT = frozenset(
    {"insufficient_quota", "billing_hard_limit_reached", "billing_not_active", "insufficient_credits"}
    | {"insufficient_balance", "account_deactivated", "access_terminated"}
)
"""Codes that some servers send with 429, and that no waiting mends."""
_FILTERED = re.compile(
    r"content[_ -]?(?:filter|policy|management)|data_?inspection_?failed|responsible_?ai|moderation|flagged"
    r"|safety system|inappropriate content",
    re.IGNORECASE,
)
"""Codes and words of a provider whose filter refuses what it is shown."""
_REFUSES = frozenset({400, 403, 422, 451})
"""Statuses with which it does; with any other the code alone tells."""
LONGEST_WAIT = 60.0
"""Seconds between two attempts, unless the server asks for more."""
PATIENCE = 600.0
"""A server that wants to be left alone for longer (seconds) is asked again by the person, not by us."""
SHOWN = 300
"""Characters of a server's own words that a message quotes."""


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
        kind: ``key``, ``credit``, ``model``, ``request`` or ``filter``: what is at fault.
        reason: What the server said.
    """

    def __init__(self, kind: str, reason: str) -> None:
        super().__init__(reason)
        self.kind = kind


def of_status(status: int, text: str, headers: Mapping[str, str], secret: str) -> Temporary | Permanent:
    """Judges a reply that is an error.

    Args:
        status: HTTP status.
        text: The reply's body.
        headers: The reply's headers.
        secret: The key: it is struck out of the server's words.
    """
    codes, words = _read(text)
    said = f"{status}: {redacted(words, secret)[:SHOWN]}"
    if status == 402 or codes & NO_CREDIT:
        return Permanent("credit", said)
    if _FILTERED.search(" ".join([*codes, words] if status in _REFUSES else codes)):
        return Permanent("filter", said)
    if status in AGAIN or status >= 500:
        return Temporary(said, _wait(headers), "busy" if status in BUSY else "odd")
    if status in (401, 403):
        # Servers like to quote the key here, in parts, too.
        return Permanent("key", str(status))
    # An address that has moved is the wrong one, too: a key is not sent after it.
    unknown = status == 404 or status < 400 or "model_not_found" in codes
    return Permanent("model" if unknown else "request", said)


def redacted(text: str, secret: str) -> str:
    """Returns the text on one line, without the key."""
    line = " ".join(text.split())
    return line.replace(secret, "[key]") if secret else line


def _read(text: str) -> tuple[set[str], str]:
    """Codes and words of an error's body, whatever it is."""
    try:
        error = json.loads(text)
    except (ValueError, RecursionError):
        return set(), text
    if isinstance(error, list) and error:  # Gemini wraps it
        error = error[0]
    error = error.get("error", error) if isinstance(error, dict) else error
    if not isinstance(error, dict):
        return set(), str(error)
    return {str(error.get(name)) for name in ("code", "type")}, str(error.get("message") or text)


def _wait(headers: Mapping[str, Any]) -> float | None:
    """Seconds in ``Retry-After``: a number, or a date (RFC 9110, 10.2.3)."""
    value = headers.get("retry-after")
    if value is None:
        return None
    try:
        return max(0.0, float(value))
    except ValueError:
        pass
    try:
        return max(0.0, (parsedate_to_datetime(value) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):
        return None
