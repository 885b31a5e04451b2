"""An answerer whose mistakes are in the prompt: «err 30» misreads 30 of 100 documents, each prompt its own."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from promptfit.select.gather import Candidate
from promptfit.types import Answer, Field, NoAnswer, Request, Sample

NAME, DATE, SNILS = Field("passport", "Имя"), Field("passport", "Дата рождения"), Field("СНИЛС", "")
TRUTH = "Екатерина"


def samples(field: Field, documents: int, split: str = "select", captures: int = 1) -> list[Sample]:
    """So many documents of the field's type, each photographed so many times."""
    return [
        Sample(name, Path(f"{name}-{shot}.png"), f"{name}-{shot}", "", TRUTH, field, split)
        for number in range(documents)
        for shot in range(captures)
        if (name := f"{split}-{field.doc_type}-{number:04}")
    ]


def candidate(text: str, *labels: str, cer: float | None = None) -> Candidate:
    """A candidate of these labels; the first gives its CER."""
    labels = labels or ("hand",)
    return Candidate(text, labels, {} if cer is None else {labels[0]: cer})


class DecidingAnswerer:
    """Counts its calls, and can break off like a person's Ctrl-C.

    A prompt may hold «err N», «wordy» (the answer is far too long), «same» (mistakes on the documents that every
    such prompt misreads), «dear» (many tokens).
    """

    remote = False

    identity = "deciding"

    def __init__(self, interrupt_after: int | None = None) -> None:
        self.calls: list[list[Request]] = []
        self.answered = 0
        self._interrupt_after = interrupt_after

    def answer(self, requests: Sequence[Request]) -> Iterator[tuple[int, Answer | NoAnswer]]:
        self.calls.append(list(requests))
        for index, request in enumerate(requests):
            if self.answered == self._interrupt_after:
                raise KeyboardInterrupt
            self.answered += 1
            yield index, self.reply(request)

    def reply(self, request: Request) -> Answer:
        found = re.search(r"err (\d+)", request.prompt)
        key = "" if "same" in request.prompt else request.prompt
        draw = int.from_bytes(hashlib.sha256(f"{request.image_digest}|{key}".encode()).digest()[:6], "big") % 100
        text = TRUTH if not found or draw >= int(found[1]) else TRUTH[:4]
        return Answer(text * 9 if "wordy" in request.prompt else text, tokens_out=90 if "dear" in request.prompt else 9)
