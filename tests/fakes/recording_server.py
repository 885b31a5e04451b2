"""A server on another address than loopback that keeps whatever reaches it: what it keeps has left the machine."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

NAME = "elsewhere.test"
"""A host that only a test's resolver knows."""
REPLY = {
    "model": "scripted",
    "choices": [{"message": {"role": "assistant", "content": "ИВАНОВ"}, "finish_reason": "stop"}],
    "usage": {"prompt_tokens": 10, "completion_tokens": 3, "total_tokens": 13},
}


class Recorder(ThreadingHTTPServer):
    """Answers every call of the chat completions API alike.

    Attributes:
        bodies: What was sent; a question after what is served (``GET``) tells nothing.
        paths: What was asked for, whatever the method.
    """

    def __init__(self) -> None:
        super().__init__(("0.0.0.0", 0), Handler)  # so that it has all of the machine's addresses
        self.bodies: list[bytes] = []
        self.paths: list[str] = []

    def url(self, host: str) -> str:
        """The API's address under one of its host's names."""
        return f"http://{host}:{self.server_port}/v1"


class Handler(BaseHTTPRequestHandler):
    """Keeps, and replies."""

    server: Recorder

    def log_message(self, *_: object) -> None:
        """Says nothing."""

    def do_GET(self) -> None:
        self.server.paths.append(self.path)
        self._send(b'{"data": []}')

    def do_POST(self) -> None:
        self.server.paths.append(self.path)
        self.server.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
        self._send(json.dumps(REPLY).encode())

    def _send(self, content: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


@contextmanager
def recording() -> Iterator[Recorder]:
    """Runs one."""
    with Recorder() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def address() -> str:
    """The machine's own address on a network, by which it reaches itself as others would; else a made-up name.

    No packet is sent: a datagram's socket only looks up the way.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return NAME
        found = str(probe.getsockname()[0])
    return NAME if found.startswith(("127.", "0.")) else found


def resolve(patch: pytest.MonkeyPatch) -> None:
    """Makes the name known to every client of this process, as a name server would that points at this machine."""
    asked = socket.getaddrinfo

    def getaddrinfo(host: Any, *args: Any, **more: Any) -> Any:
        return asked("127.0.0.1" if host in (NAME, NAME.encode()) else host, *args, **more)

    patch.setattr(socket, "getaddrinfo", getaddrinfo)
