"""A scripted answerer (a stand-in, no model): reads like ``reading.Reader`` as long as the asked box is intact."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

import numpy as np
from PIL import Image

import reading
from promptfit.answer.shown import shown
from promptfit.types import Answer, NoAnswer, Request

BOXES = {"Фамилия": (4, 4, 60, 20), "Имя": (4, 30, 60, 46), "": (4, 4, 80, 20)}


class Sighted(reading.Reader):
    """Says nothing of what is covered; knows СНИЛС by heart.

    Where `<home>/broken` lies, every fifth question about an altered image gets no answer.
    """

    def answer(self, requests: Sequence[Request]) -> Iterator[tuple[int, Answer | NoAnswer]]:
        home = Path(self.log).parent
        lost = [
            place
            for place, one in enumerate(requests)
            if (home / "broken").exists() and one.alteration and place % 5 == 0
        ]
        heard = [place for place in range(len(requests)) if place not in lost]
        for place, answer in super().answer([requests[index] for index in heard]):
            request = requests[heard[place]]
            box = next((box for name, box in BOXES.items() if name and name in request.prompt), (0, 0, 1, 1))
            with Image.open(reading.original(home, request.image_digest)) as true:
                seen = (np.array(true.convert("RGB").crop(box)) == np.array(shown(request).crop(box))).all()
            yield heard[place], answer if seen else Answer("не видно")
        yield from ((index, NoAnswer("the network is down")) for index in lost)


def make_data(root: Path, documents: int = 6) -> None:
    """``reading.make_data`` on larger, grainy images, with boxes; the last document has none."""
    reading.make_data(root, documents)
    for number, path in enumerate(sorted((root / "images").glob("*.png"))):
        grain = np.random.default_rng(number).integers(200, 250, (80, 120, 3), dtype=np.uint8)
        Image.fromarray(grain).save(path)
    path = root / "annotation.csv"
    rows = list(csv.DictReader(path.open(encoding="utf-8-sig"), delimiter=";"))
    for row in rows:
        bare = row["data_index"] == f"p{documents - 1}"
        row["answer_bbox"] = "" if bare else str(list(BOXES[row["question_type"]]))
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), delimiter=";", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


@cache
def prompts() -> dict[str, str]:
    """One a field."""
    return {
        "passport Фамилия": "Напиши Фамилия. Только значение. С заглавной буквы",
        "passport Имя": "Напиши Имя. Только значение. С заглавной буквы",
        "СНИЛС": "СНИЛС. Только значение",
    }
