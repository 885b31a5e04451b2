"""Before the page of `screen`: other pages' scripts, endless uploads, and whoever rebinds a name."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from promptfit.commands.screen.page_guard import PageGuard

HOST = "127.0.0.1:7860"
OWN = {"host": HOST, "origin": f"http://{HOST}", "sec-fetch-site": "same-origin", "sec-fetch-mode": "cors"}


def asked(headers: dict[str, str], parts: tuple[bytes, ...] = (b"",), kind: str = "http") -> tuple[Any, int]:
    """What is answered, and how many bytes reached the page behind the fence; -1 where it was not asked."""
    reached, sent = -1, []
    left = [{"type": "http.request", "body": part, "more_body": True} for part in parts]

    async def app(scope: Any, receive: Any, send: Any) -> None:
        nonlocal reached
        reached = 0
        while (message := await receive())["type"] == "http.request" and left:
            reached += len(message["body"])
        if message["type"] == "http.request":
            await send({"type": "http.response.start", "status": 200, "headers": []})

    async def receive() -> Any:
        return left.pop(0)

    async def send(message: Any) -> None:
        sent.append(message)

    raw = [(name.encode(), value.encode()) for name, value in headers.items()]
    asyncio.run(PageGuard(app, most=100)({"type": kind, "headers": raw, "method": "POST"}, receive, send))
    return (sent[0].get("status", sent[0]["type"]) if sent else None), reached


@pytest.mark.parametrize(
    "headers",
    [
        OWN,
        {"host": "localhost:7860", "origin": "http://localhost:7860"},
        {"host": HOST},
        {"host": HOST, "sec-fetch-site": "none", "sec-fetch-mode": "navigate"},
        {"host": HOST, "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"},
    ],
)
def test_the_page_itself_programs_and_links_pass(headers: dict[str, str]) -> None:
    assert asked(headers) == (200, 0)


@pytest.mark.parametrize("kind", ["http", "websocket"])
@pytest.mark.parametrize(
    "changes",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": ""},
        {"origin": f"https://{HOST}"},
        {"origin": "http://127.0.0.1:8888"},
        {"origin": f"http://{HOST}.evil.example"},
        {"origin": "http://localhost:7860"},
        {"origin": "file://"},
        {"origin": None, "sec-fetch-site": "cross-site"},
        {"origin": None, "sec-fetch-site": "same-site", "sec-fetch-mode": "no-cors"},
    ],
)
def test_other_pages_scripts_do_not(changes: dict[str, str | None], kind: str) -> None:
    headers = {name: value for name, value in {**OWN, **changes}.items() if value is not None}
    status, reached = asked(headers, kind=kind)
    assert status == (403 if kind == "http" else "websocket.close") and reached == -1


@pytest.mark.parametrize("length", ["101", str(10**15), "-1", "ten", ""])
def test_a_large_upload_is_refused_by_its_length(length: str) -> None:
    assert asked({**OWN, "content-length": length}) == (413, -1)


@pytest.mark.parametrize("length", [{}, {"content-length": "10"}])
def test_an_upload_without_an_end_is_cut_off(length: dict[str, str]) -> None:
    status, reached = asked({**OWN, **length}, (b"x" * 60, b"x" * 60, b"x" * 60))
    assert status is None and reached == 60


def test_an_upload_within_the_limit_arrives() -> None:
    assert asked({**OWN, "content-length": "90"}, (b"x" * 60, b"x" * 30)) == (200, 60)
