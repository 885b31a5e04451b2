"""Documents with two fields, and scripted answerers (stand-ins, no models) of which one knows where they look."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from promptfit.answer.shown import shown
from promptfit.types import Answer, Box, Field, NoAnswer, Request, Sample

NAME, NUMBER = Field("passport", "Имя"), Field("passport", "Номер")
SIZE = (160, 90)
BOXES: dict[Field, Box] = {NAME: (20, 10, 80, 26), NUMBER: (20, 50, 100, 66)}
LABEL: Box = (110, 0, 160, 90)
"""What one of the answerers looks at instead."""


def documents(folder: Path, count: int) -> list[Sample]:
    """So many documents, each with both fields."""
    folder.mkdir(parents=True, exist_ok=True)
    made = []
    for number in range(count):
        truths = {NAME: f"Анна{number}", NUMBER: f"{number:06}"}
        paper = np.random.default_rng(number).integers(215, 240, (SIZE[1], SIZE[0], 3), dtype=np.uint8)
        image = Image.fromarray(paper)  # with a grain: any cover changes it
        for field, (x1, y1, _, _) in BOXES.items():
            ImageDraw.Draw(image).text((x1, y1), truths[field], fill=(10, 10, 10), font_size=14)
        path = folder / f"{number:03}.png"
        image.save(path)
        digest = sha256(path.read_bytes()).hexdigest()
        made += [
            Sample(f"passport-{number:03}", path, digest, "", truth, field, "test", BOXES[field])
            for field, truth in truths.items()
        ]
    return made


class Reader:
    """A scripted answerer that says the truth while what it looks at is what it was, and something else otherwise.

    Args:
        samples: Whose truth it knows, by the prompt, which is the field's name.
        how: ``box`` looks at the answer's box, ``nowhere`` knows by heart, ``label`` looks at ``LABEL``,
            ``everywhere`` is upset by any change. With ``wrong `` before it, what it says is never right.
    """

    remote = False

    def __init__(self, samples: Sequence[Sample], how: str) -> None:
        self.identity = f'{{"checkpoint":"scripted {how}"}}'
        self._samples = {(one.image_digest, one.field.name): one for one in samples}
        self._how, self._wrong = how.removeprefix("wrong "), how.startswith("wrong ")
        self.asked: list[Request] = []

    def answer(self, requests: Sequence[Request]) -> Iterator[tuple[int, Answer | NoAnswer]]:
        for index, request in enumerate(requests):
            self.asked.append(request)
            sample = self._samples[request.image_digest, request.prompt]
            with Image.open(sample.image) as true:
                same = self._same(true, shown(request), sample)
            truth = sample.answer[::-1] + "!" if self._wrong else sample.answer
            yield index, Answer(truth if same else "не видно")

    def _same(self, true: Image.Image, shown: Image.Image, sample: Sample) -> bool:
        if self._how == "nowhere":
            return True
        places = {"box": sample.box, "label": LABEL, "everywhere": (0, 0, *SIZE)}
        place = places[self._how]
        return bool((np.array(true.crop(place)) == np.array(shown.crop(place))).all())
