"""A generator behind a web page: a person carries our messages to it and its replies back."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

from promptfit.generate.generator import Completion, Message, Quote
from promptfit.support.manual.exchange import Exchange


class ManualGenerator:
    """Asks by copy and paste. It costs nothing that we know of, and knows nothing of tokens.

    Args:
        name: The web page or model; it labels the prompt collection, and another name has completions of its own.
        strategy: What it is used with unless the person says otherwise.
        start: Prompt collections whose prompts every field starts from.
        vision: Whether the page takes images.
        images: How many it takes at most; the first ones of a talk are named.
        folder: Where its texts and replies lie, see ``Exchange``.
    """

    remote = True
    concurrency = 1

    def __init__(
        self,
        name: str,
        strategy: str,
        start: Sequence[str],
        vision: bool,
        images: int,
        folder: str | None,
    ) -> None:
        self.name, self.strategy, self.start, self.vision = name, strategy, tuple(start), vision
        self.most_images = images if vision else 0
        self.identity = json.dumps({"images": self.most_images, "paste": name}, ensure_ascii=False)
        self._exchange = Exchange(name, folder)

    def check(self) -> None:
        """Nothing can be amiss before a person is asked."""

    def quote(self, messages: Sequence[Message]) -> Quote:
        """What a web page counts, we don't see."""
        return Quote()

    def complete(self, messages: Sequence[Message], draw: int = 0) -> Completion:
        """See ``Generator.complete``; a person who leaves raises KeyboardInterrupt.

        Raises:
            PromptfitError: An image cannot be read.
        """
        named = list(dict.fromkeys(image for message in messages for image in message.images))[: self.most_images]
        images = [self._exchange.attachable(image) for image in named]
        note = f"the same text as before: ask for reply {draw + 1}" if draw else ""
        start = time.monotonic()
        reply = self._exchange.ask(self._digest(messages, images, draw), flat(messages), images, note)
        return Completion(reply, seconds=time.monotonic() - start)

    def _digest(self, messages: Sequence[Message], images: Sequence[Path], draw: int) -> str:
        said = [[message.role, message.text] for message in messages]
        shown = [sha256(image.read_bytes()).hexdigest() for image in images]
        return sha256(json.dumps([self.identity, said, shown, draw]).encode()).hexdigest()


def flat(messages: Sequence[Message]) -> str:
    """The messages as one text: a page has one box. Turns of a longer talk are headed by who speaks."""
    if [message.role for message in messages if message.role != "system"] == ["user"]:
        return "\n\n".join(message.text for message in messages)
    return "\n\n".join(f"[{message.role}]\n{message.text}" for message in messages)
