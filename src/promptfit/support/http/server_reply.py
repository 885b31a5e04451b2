"""What a server sent back: a message, or a fault. Some servers report errors with status 200, or send a web page."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from promptfit.support.http import faults


def read(status: int, text: str, headers: Mapping[str, str], secret: str) -> dict[str, Any]:
    """Returns the reply if it holds a message.

    Args:
        status: HTTP status.
        text: The reply's body.
        headers: The reply's headers.
        secret: The key: it is struck out of the server's words.

    Raises:
        Temporary: It holds none, and another attempt may help.
        Permanent: The server will not reply to such a call.
    """
    if status >= 300:
        raise faults.of_status(status, text, headers, secret)
    try:
        reply = json.loads(text)
    except (ValueError, RecursionError):
        reply = None
    if not isinstance(reply, dict):
        raise faults.Temporary("the reply is no JSON: " + faults.redacted(text[:80], secret))
    error = reply.get("error")
    if error:
        code = error.get("code") if isinstance(error, dict) else None
        status = code if isinstance(code, int) and code >= 400 else 500
        raise faults.of_status(status, text, {}, secret)
    if not message_of(reply):
        raise faults.Temporary("the reply holds no message")
    return reply


def message_of(reply: dict[str, Any]) -> dict[str, Any]:
    """Returns the first choice's message, empty if there is none."""
    first = _first(reply)
    message = first.get("message") if first.get("finish_reason") != "error" else None
    return message if isinstance(message, dict) else {}


def content_of(reply: dict[str, Any]) -> str:
    """Returns the message's text, empty where there is none."""
    content = message_of(reply).get("content")
    if isinstance(content, list):  # parts: thoughts beside the text
        content = "".join(str(part.get("text", "")) for part in content if isinstance(part, dict))
    # half of an emoji, in somebody's JSON, can't be written down
    return str(content or "").encode("utf-8", "replace").decode("utf-8")


def ended_by(reply: dict[str, Any]) -> str:
    """Returns why the message ended, in the API's word: ``stop``, ``length``, …; empty where nothing is said."""
    said = _first(reply).get("finish_reason")
    return said if isinstance(said, str) else ""


def _first(reply: dict[str, Any]) -> dict[str, Any]:
    choices = reply.get("choices")
    first = choices[0] if isinstance(choices, list) and choices else None
    return first if isinstance(first, dict) else {}
