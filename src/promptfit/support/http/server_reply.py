"""What a server sent back: a message, or a fault. Some servers report errors with status 200, or send a web page."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from promptfit.support.http import error_reply, faults

CUT, TOOL, FILTER = "length", "tool_calls", "content_filter"
"""Why a message ended that is no whole answer."""
_ENDED = {
    **dict.fromkeys(("max_tokens", "max_output_tokens", "model_length"), CUT),
    **dict.fromkeys(("function_call", "tool_use"), TOOL),
    **dict.fromkeys(
        ("safety", "recitation", "prohibited_content", "blocklist", "spii", "sensitive", "refusal"), FILTER
    ),
    **dict.fromkeys(("eos", "eos_token", "end_turn", "stop_sequence"), "stop"),
}
"""Servers' own words for it."""
_NAME = 200
"""Characters of a model's name, which is shown and kept."""
_BROKEN = ("error", "abort", "network_error", "insufficient_system_resource")
"""Ends of a message that the server gave up."""


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
        raise error_reply.of_status(status, text, headers, secret)
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
        raise error_reply.of_status(status, text, {}, secret)
    message = message_of(reply)
    if not message:
        raise faults.Temporary("the reply holds no message")
    if not isinstance(message.get("content"), str | list | None):
        raise faults.Temporary("the reply's message is no text")
    return reply


def message_of(reply: dict[str, Any]) -> dict[str, Any]:
    """Returns the first choice's message, empty if there is none."""
    first = _first(reply)
    message = first.get("message") if first.get("finish_reason") not in _BROKEN else None
    return message if isinstance(message, dict) else {}


def content_of(reply: dict[str, Any]) -> str:
    """Returns the message's text, or in whose place a refusal stands; thoughts that come apart are no part of it."""
    message = message_of(reply)
    content = message.get("content") or message.get("refusal")
    if isinstance(content, list):  # parts: thoughts beside the text
        content = "".join(str(part.get("text", part.get("refusal", ""))) for part in content if isinstance(part, dict))
    # half of an emoji, in somebody's JSON, can't be written down
    return str(content or "").encode("utf-8", "replace").decode("utf-8")


def ended_by(reply: dict[str, Any]) -> str:
    """Returns why the message ended, in the API's word: ``stop``, ``length``, …; empty where nothing is said."""
    said = _first(reply).get("finish_reason")
    word = said.casefold() if isinstance(said, str) else ""
    return FILTER if word.startswith(FILTER) else _ENDED.get(word, word)


def model_of(reply: dict[str, Any]) -> str:
    """Returns what the reply calls its model; empty where it says nothing."""
    said = reply.get("model")
    return " ".join(said.encode("utf-8", "replace").decode().split())[:_NAME] if isinstance(said, str) else ""


def withheld(reply: dict[str, Any]) -> str:
    """Returns why a message is no answer: a filter struck, or a tool was called; empty where it is one."""
    ended = ended_by(reply)
    if ended == FILTER:
        return "the provider's filter struck (content_filter)"
    called = message_of(reply).get("tool_calls") or message_of(reply).get("function_call")
    if content_of(reply).strip() or not (called or ended == TOOL):
        return ""
    names = ", ".join(faults.redacted(name, "")[:40] for name in _tools(called))
    return f"a tool was called instead of an answer{f' ({names})' if names else ''}"


def _tools(called: object) -> list[str]:
    """Names of the tools that a message calls."""
    calls = called if isinstance(called, list) else [called]
    functions = [one.get("function", one) for one in calls if isinstance(one, dict)]
    return [str(one["name"]) for one in functions if isinstance(one, dict) and one.get("name")]


def _first(reply: dict[str, Any]) -> dict[str, Any]:
    choices = reply.get("choices")
    first = choices[0] if isinstance(choices, list) and choices else None
    return first if isinstance(first, dict) else {}
