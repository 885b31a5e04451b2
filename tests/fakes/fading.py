"""Scripted stand-ins for stress: an operation that takes the ink away, and an answerer that loses letters with it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from PIL import Image

import reading
from promptfit.answer.shown import shown
from promptfit.augment.operation import Altered, Pixels
from promptfit.types import Answer, NoAnswer, Request


class Fade:
    """A fifth of the ink is lost with every severity; at 5 the page is white."""

    version = 1

    def __init__(self, name: str) -> None:
        self.name = name

    def __call__(self, pixels: Pixels, severity: float, text_height: float, rng: np.random.Generator) -> Altered:
        light = 255 - (255 - pixels.astype(float)) * (1 - severity / 5)
        return Altered(light.round().astype(np.uint8))


class Fading(reading.Reader):
    """Reads like ``Reader``, but for as large a share of the last letters as ink is lost.

    Where `<home>/broken` lies, every fifth question about an altered image gets no answer.
    """

    def __init__(self, log: str, delay: float = 0.0) -> None:
        super().__init__(log, delay)
        self.identity = f'{{"checkpoint":"{Path(log).stem}"}}'

    def answer(self, requests: Sequence[Request]) -> Iterator[tuple[int, Answer | NoAnswer]]:
        home = Path(self.log).parent
        broken = (home / "broken").exists()
        lost = [index for index, one in enumerate(requests) if broken and one.alteration and index % 5 == 0]
        heard = [index for index in range(len(requests)) if index not in lost]
        for place, answer in super().answer([requests[index] for index in heard]):
            request = requests[heard[place]]
            assert isinstance(answer, Answer)
            left = ink(shown(request)) / ink(Image.open(reading.original(home, request.image_digest)))
            yield heard[place], replace(answer, text=answer.text[: round(len(answer.text) * left)])
        yield from ((index, NoAnswer("the network is down")) for index in lost)


def ink(image: Image.Image) -> int:
    """How dark the darkest pixel is."""
    return 255 - int(np.asarray(image.convert("L")).min())
