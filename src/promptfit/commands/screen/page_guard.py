"""What stands before the page: no other page's scripts, no large uploads, no request of a browser to another host."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

MOST = 64 * 2**20
"""Bytes of a request: a few scans."""
_POLICY = "default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:; frame-ancestors 'none'"
"""Gradio compiles its templates in the browser; whatever it might want of another host stays undone."""
_HEADERS = [(b"content-security-policy", _POLICY.encode()), (b"referrer-policy", b"no-referrer")]


class PageGuard:
    """Refuses what other pages send here by the person's browser, and uploads without an end.

    It also adds the header that keeps a browser from asking any other host.

    Args:
        app: What it stands before, as ASGI has it.
        most: Bytes of a request at most.
    """

    def __init__(self, app: Any, most: int = MOST) -> None:
        self._app, self._most = app, most

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """One request, as ASGI has it."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        length = headers.get("content-length", "0")
        if _is_foreign(headers):
            await _refuse(scope, send, 403, b"this page takes requests of its own alone")
        elif not length.isdecimal() or int(length) > self._most:
            await _refuse(scope, send, 413, b"too large; a screening takes scans of some megabytes")
        else:
            await self._app(scope, self._bounded(receive), _with_headers(send))

    def _bounded(self, receive: Any) -> Any:
        """What comes without a length, or with a false one, ends as if the browser had gone."""
        came = 0

        async def bounded() -> Any:
            nonlocal came
            message = await receive()
            came += len(message.get("body", b""))
            return message if came <= self._most else {"type": "http.disconnect"}

        return bounded


def _is_foreign(headers: Mapping[str, str]) -> bool:
    """Whether another page asks, and not merely links here; programs that are no browser name no page."""
    origin, site = headers.get("origin"), headers.get("sec-fetch-site", "none")
    if origin is not None:
        return origin != f"http://{headers.get('host', '')}"
    return site not in ("none", "same-origin") and headers.get("sec-fetch-mode") != "navigate"


async def _refuse(scope: Any, send: Any, status: int, why: bytes) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008})
        return
    await send({"type": "http.response.start", "status": status, "headers": [(b"content-type", b"text/plain")]})
    await send({"type": "http.response.body", "body": why})


def _with_headers(send: Any) -> Any:
    async def sent(message: Any) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message.get("headers", []), *_HEADERS]}
        await send(message)

    return sent
