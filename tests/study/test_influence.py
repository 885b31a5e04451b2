"""Which other fields of a record change when one's place is covered, with an answerer of which it is known."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from PIL import Image

import looking
from looking import BOXES, NAME, NUMBER
from promptfit.answer.answerer import Answerer
from promptfit.answer.shown import shown
from promptfit.evaluate.scoring import Scoring
from promptfit.study.grounding import occlusion
from promptfit.study.grounding.grounding import Found, Looker, look, planned
from promptfit.study.records.look_json import Influence
from promptfit.types import Answer, Box, NoAnswer, Record, Request, Sample

KEYS = ("Имя", "Номер")


class Misled:
    """Reads the number from its place; of the name's place it makes both, as a model does that loses its line."""

    identity, remote = '{"checkpoint":"scripted"}', False

    def __init__(self, samples: Sequence[Sample]) -> None:
        self._truth = {(one.image_digest, one.field): one.answer for one in samples}

    def answer(self, requests: Sequence[Request]) -> Iterator[tuple[int, Answer | NoAnswer]]:
        for index, request in enumerate(requests):
            name, number = (self._truth[request.image_digest, field] for field in (NAME, NUMBER))
            clean, now = np.array(Image.open(request.image).convert("RGB")), np.array(shown(request))
            seen = {field: _same(clean, now, BOXES[field]) for field in (NAME, NUMBER)}
            number = number if seen[NUMBER] and seen[NAME] else "000"
            yield index, Answer(f'{{"Имя": "{name if seen[NAME] else "?"}", "Номер": "{number}"}}')


def _same(one: np.ndarray, other: np.ndarray, box: Box) -> bool:
    x1, y1, x2, y2 = map(int, box)
    return bool((one[y1:y2, x1:x2] == other[y1:y2, x1:x2]).all())


def study(folder: Path, keys: tuple[str, ...]) -> Found:
    samples = looking.documents(folder, 4)
    asked = [replace(one, record=Record((), keys, ())) for one in samples]
    questions, _ = occlusion.questions(asked, lambda _: "JSON", samples, ("background", "noise", "blur"), 0)
    assert planned(questions) == 4 * (1 + 2 * 2 * 3), "the clean image is asked once for both fields"
    answerer: Answerer = Misled(samples)
    return look(questions, Looker(answerer, None), Scoring())


def test_covering_one_field_misleads_the_other(tmp_path: Path) -> None:
    found = study(tmp_path, KEYS)
    assert list(found.influence) == [
        Influence("passport", "Имя", "Номер", 4, 4),
        Influence("passport", "Номер", "Имя", 0, 4),
    ]
    assert {one.verdict for one in found.answers if one.question.sample.field == NAME} == {"read"}
