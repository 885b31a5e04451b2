"""What is sent for a request: the image before the prompt, so that a shared image prefix is computed once."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from promptfit.answer.shown import Shown, name_of, shown
from promptfit.answer.structured import ANY_OBJECT, constraint_of
from promptfit.support.http import prices
from promptfit.support.http.data_url import SentBounds, SentImage, drawn, picture
from promptfit.types import Request

_KEPT = 8
"""Images whose encoding is kept: requests come ordered by image, and few are under way at a time."""


@dataclass(frozen=True, slots=True)
class ImagePart:
    """An image, encoded once for all its prompts.

    Attributes:
        json: The value of ``image_url``.
        tokens: Estimate of its tokens.
    """

    json: bytes
    tokens: int


class Bodies:
    """Makes the bodies of calls; for one event loop.

    Args:
        settings: Parameters of the API that all calls share.
        bounds: Larger images are shrunk to them.
        detail: The API's ``detail`` of images; ``None`` leaves it to the server.
        structured: The answerer's mode, see ``answer.structured``.
    """

    def __init__(self, settings: Mapping[str, Any], bounds: SentBounds, detail: str | None, structured: str) -> None:
        self._settings = json.dumps(settings, ensure_ascii=False).encode()
        self._bounds, self._detail = bounds, {"detail": detail} if detail else {}
        self._structured = structured
        self._parts: dict[Shown, asyncio.Future[ImagePart]] = {}

    async def part(self, request: Request) -> ImagePart:
        """Returns the encoded image.

        Raises:
            PromptfitError: It is missing or cannot be read.
        """
        name = name_of(request)
        if name not in self._parts:
            self._parts[name] = asyncio.ensure_future(asyncio.to_thread(self._encoded, request))
            while len(self._parts) > _KEPT:
                self._parts.pop(next(iter(self._parts)))
        return await asyncio.shield(self._parts[name])

    def body(self, request: Request, part: ImagePart) -> bytes:
        """Returns the JSON of the whole call."""
        system = _json({"role": "system", "content": request.system}) + b"," if request.system else b""
        user = b'{"role":"user","content":[{"type":"image_url","image_url":'
        text = _format(constraint_of(self._structured, request)) + b',"messages":[' + system + user
        # Joined from pieces: to write a large image as JSON anew for each prompt would cost more than to send it.
        return b"".join(
            (self._settings[:-1], text, part.json, b'},{"type":"text","text":', _json(request.prompt), b"}]}]}")
        )

    def _encoded(self, request: Request) -> ImagePart:
        image = _sent(request, self._bounds)
        return ImagePart(_json({"url": image.url, **self._detail}), prices.tokens_of_image(image.pixels))


@lru_cache(maxsize=64)  # one a document type
def _format(constraint: str) -> bytes:
    """The parameter that holds an answer to a JSON Schema; nothing where it is free."""
    if not constraint:
        return b""
    if constraint == ANY_OBJECT:
        form: dict[str, Any] = {"type": "json_object"}
    else:
        schema = {"name": "record", "strict": True, "schema": json.loads(constraint)}
        form = {"type": "json_schema", "json_schema": schema}
    return b',"response_format":' + _json(form)


def _sent(request: Request, bounds: SentBounds) -> SentImage:
    if request.alteration is None:
        return picture(request.image, bounds)
    return drawn(shown(request), bounds)


def _json(value: object) -> bytes:
    # ASCII only: half of an emoji in a prompt has no other way of being written.
    return json.dumps(value).encode()
