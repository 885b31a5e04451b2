"""A scripted vision-language model behind HTTP, run as a process: a stand-in for tests, no model is behind it.

It answers with a digest of what it was shown and asked, so that answers tell whether image and prompt came unharmed,
and misbehaves like ``scripted_server``, whose process it is. Beyond that: more than ``capacity`` calls at once get
429, images of more than ``context`` pixels 400, a call takes ``work`` seconds, and where the prompt says ``stall``,
``silent``, ``refuse`` or ``flag``, that happens.
"""

from __future__ import annotations

import base64
import hashlib
import threading
import time
from contextlib import AbstractContextManager
from typing import Any

import scripted_server
from scripted_server import Handler, Server

SETTINGS = {**scripted_server.SETTINGS, "capacity": 1000, "context": 10**9, "work": 0.0}


def running(**settings: Any) -> AbstractContextManager[Server]:
    """Starts it, see ``scripted_server.running``."""
    return scripted_server.running(__file__, **settings)


def answer_of(image: bytes, prompt: str, system: str = "") -> str:
    """What it says to the bytes of an image file and a prompt."""
    return hashlib.sha256(image + prompt.encode() + b"|" + system.encode()).hexdigest()[:12]


class Model(Handler):
    """Speaks as a VLM; its calls tell the image's ``digest``, the ``parts`` in their order, and calls ``under_way``."""

    lock, under_way = threading.Lock(), 0

    def _reply(self, kind: str, request: dict[str, Any]) -> None:
        parts = request["messages"][-1]["content"]
        self.call |= {"digest": hashlib.sha256(image_of(parts)).hexdigest(), "parts": [part["type"] for part in parts]}
        self.call["kind"] = parts[0]["image_url"]["url"].partition(";")[0]
        with Model.lock:
            Model.under_way += 1
            self.call["under_way"] = Model.under_way
        try:
            time.sleep(self.script.settings["work"])
            self._answer(kind, request)
        finally:
            with Model.lock:
                Model.under_way -= 1

    def _answer(self, kind: str, request: dict[str, Any]) -> None:
        prompt, pixels = request["messages"][-1]["content"][1]["text"], self.call["images"][0]
        settings = self.script.settings
        if self.call["under_way"] > settings["capacity"]:
            self.call["fault"] = kind = "429"
        if pixels["width"] * pixels["height"] > settings["context"]:
            error = {"message": "This model's maximum context length is 4096 tokens.", "type": "BadRequestError"}
            self._json(400, {"error": error})
        else:
            wanted = {"stall": "stall", "refuse": "refusal", "flag": "flagged"}
            super()._reply(next((wanted[word] for word in wanted if word in prompt), kind), request)

    def text(self, request: dict[str, Any]) -> str:
        """A digest, or nothing."""
        *before, (image, prompt) = (message["content"] for message in request["messages"])
        said = answer_of(image_of([image]), prompt["text"], before[0] if before else "")
        return "" if "silent" in prompt["text"] else said


def image_of(parts: list[dict[str, Any]]) -> bytes:
    """The file that was sent."""
    return base64.b64decode(parts[0]["image_url"]["url"].partition(",")[2])


if __name__ == "__main__":
    scripted_server.main(Model, SETTINGS)
