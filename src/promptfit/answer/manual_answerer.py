"""A VLM that exists as a web demo only: a person shows it the images and the prompts."""

from __future__ import annotations

import io
import json
import time
from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path

from promptfit.answer.answerer import by_image
from promptfit.answer.cached_answerer import key
from promptfit.answer.shown import shown
from promptfit.support.files import pixels
from promptfit.support.files.writing import replace_file
from promptfit.support.manual.exchange import Exchange
from promptfit.types import Answer, NoAnswer, PromptfitError, Request


class ManualAnswerer:
    """Asks by copy and paste, one image and one prompt at a time, images in turn.

    Args:
        name: The web page or model; another name has answers of its own.
        folder: Where its texts and replies lie, see ``Exchange``.
    """

    remote = True
    """A private data set is not shown to it unless the person says so."""

    def __init__(self, name: str, folder: str | None = None) -> None:
        self.name, self.identity = name, json.dumps({"paste": name}, ensure_ascii=False)
        self._exchange = Exchange(name, folder)

    def answer(self, requests: Sequence[Request]) -> Iterator[tuple[int, Answer | NoAnswer]]:
        """See ``Answerer.answer``; a person who leaves raises KeyboardInterrupt, and goes on where they left."""
        for number, index in enumerate(by_image(requests), start=1):
            request = requests[index]
            text = f"{request.system}\n\n{request.prompt}" if request.system else request.prompt
            start, note = time.monotonic(), f"{number} of {len(requests)}"
            try:
                image = self._file(request)
            except PromptfitError as error:
                yield index, NoAnswer(str(error))
                continue
            reply = self._exchange.ask(key(self.identity, request).hex(), text, [image], note)
            yield index, Answer(reply, seconds=time.monotonic() - start, ended="stop")

    def _file(self, request: Request) -> Path:
        """The image that a person attaches: the data set's own file if it is plain, or a PNG beside the exchange."""
        if request.alteration is None and pixels.plain(request.image):
            return request.image
        name = sha256(f"{request.image_digest}{request.altered}".encode()).hexdigest()
        path = self._exchange.folder / f"image-{name[:12]}.png"
        if not path.is_file():
            png = io.BytesIO()
            shown(request).save(png, "PNG")
            replace_file(path, png.getvalue())
        return path
