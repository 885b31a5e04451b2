"""A scripted generator (a stand-in, no model), in this process: it replies what a test says."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from threading import Lock

from promptfit.generate.generator import Completion, Message, Quote


class Scripted:
    """Replies with ``said(text of the last message, draw)``, cut off where that is nothing; keeps what it was asked."""

    def __init__(self, said: Callable[[str, int], str], identity: str = "scripted", delay: float = 0.0) -> None:
        self.name, self.strategy, self.start = "scripted", "feedback", ()
        self.vision, self.most_images, self.remote, self.concurrency = False, 0, False, 4
        self.identity = identity
        self.seen: list[tuple[str, int]] = []
        self._said, self._delay, self._lock = said, delay, Lock()

    def check(self) -> None:
        """Nothing can be amiss."""

    def quote(self, messages: Sequence[Message]) -> Quote:
        return Quote(sum(len(message.text) for message in messages), 50, 0.5)

    def complete(self, messages: Sequence[Message], draw: int = 0) -> Completion:
        with self._lock:
            self.seen.append((messages[-1].text, draw))
        time.sleep(self._delay)
        text = self._said(messages[-1].text, draw)
        return Completion(text, 7, 3, 0.25, 0.125, ended="" if text else "length")
