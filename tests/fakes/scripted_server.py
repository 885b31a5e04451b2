"""A scripted OpenAI-compatible server, run as a process: a stand-in for tests, no model is behind it.

It replies as ``scripted_writer`` says, sees images, reports usage, and misbehaves on order::

    with running(faults=0.3) as server:
        ChatGenerator(..., base_url=server.url)
        server.control(kind="auth")
        server.calls()

``faults`` is the share of calls that fail. Whether one fails, and how, is drawn from the request and how often it came
before, so that it is the same in every run; of one request at most ``most`` calls in a row fail.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import io
import json
import os
import random
import socket
import struct
import subprocess
import sys
import threading
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import scripted_writer

MIXED = ("429", "retry-after", "500", "reset", "stall", "half", "html", "empty", "usage")
"""What ``kind="mixed"`` draws from: faults after which the same request has the same reply."""
KINDS = {
    "429": (429, "rate_limit_exceeded", "Too many requests"),
    "retry-after": (429, "rate_limit_exceeded", "Too many requests"),
    "500": (500, "server_error", "The server had an error; the key was {key}"),
    "400": (400, "invalid_request_error", "This model does not take such a request; the key was {key}"),
    "auth": (401, "invalid_api_key", "Incorrect API key provided: {key}"),
    "model": (404, "model_not_found", "The model does not exist"),
    "credit": (429, "insufficient_quota", "You exceeded your current quota, check your plan and billing details"),
    "credit-402": (402, "insufficient_credits", "Insufficient credits"),
    "country": (403, "unsupported_country_region_territory", "Country, region, or territory not supported"),
    "right": (403, "model_not_found", "Project `p` does not have access to model `scripted`; the key was {key}"),
    "forbidden": (403, "forbidden", "Ask your administrator about {key}"),
    "flagged": (403, "403", "Your input was flagged: sexual"),
    "json_schema": (400, "invalid_request_error", "'response_format' of type 'json_schema' is not supported. {key}"),
    "unavailable": (400, "invalid_request_error", "This response_format type is unavailable now. {key}"),
    "temperature": (400, "unsupported_value", "'temperature' does not support 0.0 with this model. {key}"),
}
"""Faults that are an error reply: status, code, message."""
PERMANENT = (
    *(
        "400",
        "auth",
        "model",
        "credit",
        "credit-402",
        "country",
        "right",
        "forbidden",
        "temperature",
        "json_schema",
        "unavailable",
    ),
    *("refusal", "no-usage", "negative-usage", "absurd-usage"),
)
"""Kinds that happen at every call."""
USAGE = {
    "no-usage": None,
    "negative-usage": {"prompt_tokens": -5, "completion_tokens": -1, "total_tokens": -6},
    "absurd-usage": {"prompt_tokens": 10**12, "completion_tokens": 10**12, "total_tokens": 2 * 10**12},
}


class Script:
    """What the server is told to do, and what it saw."""

    def __init__(self, settings: dict[str, Any]) -> None:
        self.settings, self.seen = settings, []  # type: dict[str, Any], list[dict[str, Any]]
        self.lock = threading.Lock()
        self._came, self._failed = Counter(), Counter()  # type: Counter[str], Counter[str]

    def control(self, changes: dict[str, Any]) -> dict[str, Any]:
        with self.lock:
            if changes.pop("forget", False):
                for memory in (self.seen, self._came, self._failed):
                    memory.clear()
            self.settings.update({name: type(self.settings[name])(value) for name, value in changes.items()})
            return self.settings

    def fault(self, request: bytes) -> str:
        """The name of the fault of this call, empty for none."""
        digest = hashlib.sha256(request).hexdigest()
        with self.lock:
            draw = random.Random(f"{self.settings['seed']} {digest} {self._came[digest]}")
            self._came[digest] += 1
            kind = self.settings["kind"]
            if kind not in PERMANENT:
                if self._failed[digest] >= self.settings["most"] or draw.random() >= self.settings["faults"]:
                    self._failed[digest] = 0
                    return ""
                self._failed[digest] += 1
            kind = draw.choice(MIXED) if kind == "mixed" else kind
            return draw.choice(list(USAGE)) if kind == "usage" else kind


class Handler(BaseHTTPRequestHandler):
    """Speaks the chat completions protocol, and ``/calls`` and ``/control`` for the test."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # else small replies wait 40 ms for an acknowledgement
    script: Script

    def log_message(self, *_: object) -> None:
        """Says nothing: a test's output is no place for it."""

    def do_GET(self) -> None:
        if self.path == "/calls":
            with self.script.lock:
                self._json(200, self.script.seen)
        elif self.path == "/v1/models":
            self._json(200, {"object": "list", "data": [{"id": "scripted", "object": "model"}]})
        else:
            self._json(404, {"error": {"message": f"no such page: {self.path}"}})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path == "/control":
            self._json(200, self.script.control(json.loads(body)))
            return
        call: dict[str, Any] = {"began": time.monotonic(), "authorized": "Authorization" in self.headers}
        self.call, request = call, json.loads(body)
        call |= {name: value for name, value in request.items() if name != "messages"}
        call["messages"], call["images"] = seen(request["messages"])
        call["fault"] = kind = self.script.fault(body)
        with self.script.lock:
            self.script.seen.append(call)
        time.sleep(self.script.settings["delay"])
        self._reply(kind, request)
        call["ended"] = time.monotonic()

    def _reply(self, kind: str, request: dict[str, Any]) -> None:
        if kind in KINDS:
            status, code, message = KINDS[kind]
            key = self.headers.get("Authorization", "").removeprefix("Bearer ")
            headers = {"Retry-After": str(self.script.settings["retry_after"])} if kind == "retry-after" else {}
            self._json(status, {"error": {"message": message.format(key=key), "code": code, "type": code}}, headers)
        elif kind == "moved":
            self._json(307, {}, {"Location": self.script.settings["moved_to"]})
        elif kind == "reset":
            # Closed with time 0 to linger, a socket sends a reset instead of a farewell.
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            os.close(self.connection.detach())
            self.close_connection = True
        elif kind == "stall":
            time.sleep(self.script.settings["stall"])
            self._hang_up()
        elif kind == "html":
            self._send(200, b"<!DOCTYPE html><html><body>Service is being updated</body></html>", "text/html")
        else:
            self._complete(kind, request)

    def text(self, request: dict[str, Any]) -> str:
        """What the model says."""
        seed = self.script.settings["seed"] * 1_000_003 + (request.get("seed") or 0)
        return scripted_writer.reply(request["messages"], seed)

    def _complete(self, kind: str, request: dict[str, Any]) -> None:
        text = self.text(request)
        message: dict[str, Any] = {"role": "assistant", "content": text, "refusal": None}
        if kind == "refusal":
            message |= {"content": None, "refusal": "I'm sorry, I can't assist with that request."}
        tokens_in = sum(len(part) for part in scripted_writer.texts(request["messages"])) // 4
        usage: dict[str, float] = {"prompt_tokens": tokens_in, "completion_tokens": len(text) // 4}
        usage["total_tokens"] = sum(usage.values()) + self.script.settings["thoughts"]
        if self.script.settings["bill"] >= 0:
            usage["cost"] = self.script.settings["bill"]
        choice = {"index": 0, "message": message, "finish_reason": "content_filter" if kind == "refusal" else "stop"}
        reply = {
            "id": "scripted",
            "object": "chat.completion",
            "created": 0,
            "model": self.script.settings["replies_as"] or request["model"],
            "choices": [] if kind == "empty" else [choice],
            "usage": USAGE.get(kind, usage),
        }
        self._json(200, reply, cut=kind == "half")

    def _json(self, status: int, value: object, headers: dict[str, str] | None = None, cut: bool = False) -> None:
        self._send(status, json.dumps(value, ensure_ascii=False).encode(), "application/json", headers, cut)

    def _send(
        self, status: int, body: bytes, kind: str, headers: dict[str, str] | None = None, cut: bool = False
    ) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body[: len(body) // 2] if cut else body)
        if cut:
            self._hang_up()

    def _hang_up(self) -> None:
        self.wfile.flush()
        self.close_connection = True


class Listener(ThreadingHTTPServer):
    """A thread a connection."""

    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, *_: object) -> None:
        """A client that gave up waiting is no news."""


def seen(messages: list[dict[str, Any]]) -> tuple[list[dict[str, str]], list[dict[str, Any]]]:
    """The texts of the messages, and what came as images."""
    from PIL import Image

    images = []
    for message in messages:
        for part in message["content"] if isinstance(message["content"], list) else ():
            if part["type"] == "image_url":
                data = base64.b64decode(part["image_url"]["url"].partition(",")[2])
                with Image.open(io.BytesIO(data)) as image:
                    images.append({"width": image.width, "height": image.height, "format": image.format})
    each = [{"role": message["role"], "text": "\n".join(scripted_writer.texts([message]))} for message in messages]
    return each, images


@dataclass(frozen=True)
class Server:
    """A running server, seen from the test."""

    port: int
    process: subprocess.Popen[str]

    @property
    def url(self) -> str:
        """What a generator takes as ``base_url``."""
        return f"http://127.0.0.1:{self.port}/v1"

    def calls(self) -> list[dict[str, Any]]:
        """What was asked: messages, images' sizes, ``authorized``, ``fault``, ``began``, ``ended`` and the settings."""
        calls: list[dict[str, Any]] = self._ask("calls", None)
        return calls

    def control(self, **changes: Any) -> dict[str, Any]:
        """Changes settings while it runs; ``forget=True`` forgets all that came."""
        settings: dict[str, Any] = self._ask("control", json.dumps(changes).encode())
        return settings

    def _ask(self, page: str, body: bytes | None) -> Any:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/{page}", body, timeout=10) as reply:
            return json.load(reply)


@contextmanager
def running(script: str = __file__, **settings: Any) -> Iterator[Server]:
    """Starts the server on a free port and ends it afterwards.

    Args:
        script: The server's file.
        settings: ``seed``, ``delay`` (seconds a call), ``faults`` (share), ``kind`` (``mixed``, or one of MIXED, KINDS,
            USAGE, ``refusal``), ``most``, ``stall`` (seconds), ``retry_after`` (seconds), ``replies_as`` (the model
            that replies name, if not the asked one), ``thoughts`` (tokens that the total alone counts), ``bill`` (what
            usage says that a call cost).
    """
    arguments = [f"--{name.replace('_', '-')}={value}" for name, value in settings.items()]
    command = [sys.executable, script, *arguments]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout
        yield Server(int(process.stdout.readline().split(":")[-1]), process)
    finally:
        process.kill()
        process.communicate()


SETTINGS = {
    "seed": 0,
    "delay": 0.0,
    "faults": 0.0,
    "kind": "mixed",
    "most": 3,
    "stall": 5.0,
    "retry_after": 0.05,
    "moved_to": "",
    "replies_as": "",
    "thoughts": 0,
    "bill": -1.0,
}
"""What can be set, with the type and the value that holds unless something else is said."""


def main(handler: type[Handler] = Handler, settings: dict[str, Any] = SETTINGS) -> None:
    """Serves until the process that started it is gone."""
    options = argparse.ArgumentParser()
    options.add_argument("--port", type=int, default=0)
    for name, value in settings.items():
        options.add_argument(f"--{name.replace('_', '-')}", type=type(value), default=value)
    given = vars(options.parse_args())
    server = Listener(("127.0.0.1", given.pop("port")), handler)
    handler.script = Script(given)
    print(f"http://127.0.0.1:{server.server_port}", flush=True)
    threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
    server.serve_forever()


if __name__ == "__main__":
    main()
