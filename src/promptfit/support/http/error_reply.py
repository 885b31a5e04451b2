"""What a reply that is an error means: try again, or stop, and whose matter it is."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from promptfit.support.http.faults import Permanent, Temporary, redacted

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
_COUNTRY = re.compile(
    r"unsupported_country"
    r"|(?:country|region|territory|location)[^.]{0,60}(?:not (?:supported|available|allowed)|blocked)"
    r"|not (?:supported|available|allowed) (?:in|from) (?:your|this) (?:country|region|location)",
    re.IGNORECASE,
)
"""Codes and words of a provider that serves nobody from where the call came from."""
_NO_RIGHT = re.compile(
    r"permission_?(?:denied|error)|access_?denied|insufficient_permissions|not_allowed_to|model_not_(?:found|allowed)"
    r"|(?:no|not have|without|lacks?) (?:access|permission)|not (?:allowed|authori[sz]ed|permitted) to",
    re.IGNORECASE,
)
"""Codes and words for a key that is good, but not for this model."""
_BAD_KEY = re.compile(
    r"(?:invalid|incorrect|expired|revoked|leaked|missing)[^.]{0,30}(?:key|token|credential)", re.IGNORECASE
)
"""Codes and words for a key that is none."""
_UNFIT = re.compile(
    r"unsupported[_ ](?:parameter|value)|unknown[_ ](?:parameter|argument|field|name)|unrecognized|extra[_ ]forbidden"
    r"|(?:not|n't) (?:supported|support|permitted|allowed)|deprecated|unexpected keyword|unavailable",
    re.IGNORECASE,
)
"""Codes and words of a server that takes no such parameter, or no such value of it."""
_QUOTED = re.compile(r"[`'\"](\w+)[`'\"]")
_BARE = re.compile(r"\b(response_format)\b")
"""A parameter that some name without quotes where they do not take it: "This response_format type is unavailable"."""
_NO_SETTINGS = frozenset({"messages", "model", "content", "image", "image_url", "type", "text", "user", "system"})
"""What a refusal may name that is no setting: it is about one document, or about all."""
SHOWN = 300
"""Characters of a server's own words that a message quotes."""


def of_status(status: int, text: str, headers: Mapping[str, str], secret: str) -> Temporary | Permanent:
    """Judges a reply that is an error.

    Args:
        status: HTTP status.
        text: The reply's body.
        headers: The reply's headers.
        secret: The key: it is struck out of the server's words.
    """
    codes, words, named = _read(text)
    told = " ".join([*codes, words])
    said = f"{status}: {redacted(words, secret)[:SHOWN]}"
    if status == 402 or codes & NO_CREDIT:
        return Permanent("credit", said)
    if status in _REFUSES and _COUNTRY.search(told):
        return Permanent("country", said)
    if _FILTERED.search(told if status in _REFUSES else " ".join(codes)):
        return Permanent("filter", said)
    if status in AGAIN or status >= 500:
        return Temporary(said, _wait(headers), "busy" if status in BUSY else "odd")
    if status == 401 or (status == 403 and _BAD_KEY.search(told)):
        return Permanent("key", said)
    if status == 403:
        return Permanent("right" if _NO_RIGHT.search(told) else "forbidden", said)
    if status in (400, 422) and (setting := _setting(named, words, told)):
        return Permanent("setting", said, setting)
    # An address that has moved is the wrong one, too: a key is not sent after it.
    unknown = status == 404 or status < 400 or "model_not_found" in codes
    return Permanent("model" if unknown else "request", said)


def _setting(named: str, words: str, told: str) -> str:
    """The parameter that a server refuses, where it names one; nothing where something else is amiss."""
    if not _UNFIT.search(told):
        return ""
    quoted = None if words.startswith("{") else _QUOTED.search(words) or _BARE.search(words)
    name = named or (quoted[1] if quoted else "")
    return name if re.fullmatch(r"[a-z_]+", name) and name not in _NO_SETTINGS else ""


def _read(text: str) -> tuple[set[str], str, str]:
    """Codes and words of an error's body, whatever it is, and the parameter that it names."""
    try:
        error = json.loads(text)
    except (ValueError, RecursionError):
        return set(), text, ""
    if isinstance(error, list) and error:  # Gemini wraps it
        error = error[0]
    error = error.get("error", error) if isinstance(error, dict) else error
    if not isinstance(error, dict):
        return set(), str(error), ""
    message = error.get("message")
    detail = (message if isinstance(message, dict) else error).get("detail")
    if isinstance(detail, list) and detail and isinstance(detail[0], dict):  # FastAPI's: Mistral, servers of one's own
        place = detail[0].get("loc")
        return {str(detail[0].get("type"))}, text, str(place[-1]) if isinstance(place, list) and place else ""
    codes = {str(error.get(name)) for name in ("code", "type", "status")}
    metadata = error.get("metadata")
    if isinstance(metadata, dict) and metadata.get("flagged_input"):  # OpenRouter's moderation
        codes.add("flagged")
    return codes, str(message or text), str(error.get("param") or "")


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
