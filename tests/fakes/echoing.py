"""A scripted answerer (a stand-in, no model) for images that a browser uploads: it says which bytes it was shown."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence

from promptfit.types import Answer, NoAnswer, Request

HOSTILE = "<b>x</b> ${7*7} {{7*7}} <script>document.title = 'owned'</script><img src=x onerror=alert(1)>"


class Echo:
    """Answers with the sha256 of the image, and with what a page must not run."""

    remote = False

    identity = '{"checkpoint":"echo"}'

    def answer(self, requests: Sequence[Request]) -> Iterator[tuple[int, Answer | NoAnswer]]:
        for index, request in enumerate(requests):
            yield index, Answer(f"{hashlib.sha256(request.image.read_bytes()).hexdigest()} {HOSTILE}", 10, 3)
