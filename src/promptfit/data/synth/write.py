"""Writes the three data sets of the three stages. The same seed gives the same bytes."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from promptfit.data.annotation import write_annotation
from promptfit.data.synth.capture import Photo, encoded
from promptfit.data.synth.documents import TRUTH, DrawnDocument, make
from promptfit.data.synth.draw import draw
from promptfit.types import Box, Field, Sample

LATIN = {"passport": "passport", "СНИЛС": "snils", "invoice": "invoice"}
QUESTIONS = {
    "Серия и номер паспорта": "Какие серия и номер у паспорта?",
    "Фамилия": "Какая фамилия указана в документе?",
    "Имя": "Какое имя указано в документе?",
    "Отчество": "Какое отчество указано в документе?",
    "Пол": "Какой пол указан в документе?",
    "Дата рождения": "Какая дата рождения указана в документе?",
    "Место рождения": "Какое место рождения указано в документе?",
    "": "Какой номер СНИЛС указан в документе?",
    "Номер счет-фактуры": "Какой номер у счет-фактуры?",
    "Дата счет-фактуры": "Какой датой выставлена счет-фактура?",
    "Продавец": "Кто продавец?",
    "Покупатель": "Кто покупатель?",
    "Сумма": "Какая сумма к оплате?",
}


@dataclass(frozen=True, slots=True)
class DrawnSet:
    """How a data set is made: documents a type, the splits they fall into, captures of each, seen layouts or not."""

    name: str
    documents: int
    splits: tuple[str, ...]
    captures: int = 1
    unseen: bool = False


PLANS = (
    DrawnSet("mini", 40, ("search", "holdout")),
    DrawnSet("large", 280, ("select", "test")),
    DrawnSet("diverse", 40, ("test",), captures=3, unseen=True),
)


def write_all(root: Path, seed: int, progress: Callable[[int, int], None] | None = None) -> None:
    """Writes ``root/mini``, ``root/large`` and ``root/diverse``.

    Args:
        root: The folder of the data sets, usually ``data``.
        seed: Names the documents; another seed gives other ones.
        progress: Called with (images written, images in all).
    """
    total = sum(p.documents * p.captures for p in PLANS) * len(TRUTH)
    done = count(1)
    for plan in PLANS:
        write(root, plan, seed, (lambda: progress(next(done), total)) if progress else None)


def write(root: Path, plan: DrawnSet, seed: int, drawn: Callable[[], None] | None = None) -> None:
    """Writes one data set, ``root/<its name>``.

    Args:
        root: The folder of the data sets.
        plan: How it is made.
        seed: Names the documents.
        drawn: Called as each image is written.
    """
    (root / plan.name / "images").mkdir(parents=True, exist_ok=True)
    samples: list[Sample] = []
    for rows in _documents(plan, seed, root / plan.name):
        samples += rows
        if drawn:
            drawn()
    write_annotation(root / plan.name, samples)


def _documents(plan: DrawnSet, seed: int, root: Path) -> Iterator[list[Sample]]:
    """The samples of one image after another; the image is written as it goes by."""
    for doc_type in TRUTH:
        for number in range(plan.documents):
            index = f"{LATIN[doc_type]}-{number:04d}"
            rng = random.Random(f"{seed}-{plan.name}-{index}")
            document = make(doc_type, rng)
            # Cut in halves in the order of numbers: values are random, so the order carries nothing.
            split = plan.splits[number * len(plan.splits) // plan.documents]
            for capture in range(plan.captures):
                suffix = f"-{capture + 1}" if plan.captures > 1 else ""
                path = root / "images" / f"{index}{suffix}.jpg"
                image, boxes = _image(document, rng, plan)
                path.write_bytes(image)
                yield [_sample(document, question, index, path, split, boxes[question]) for question in document.values]


def _image(document: DrawnDocument, rng: random.Random, plan: DrawnSet) -> tuple[bytes, dict[str, Box]]:
    drawing = draw(document, rng, unseen=plan.unseen)
    boxes = {question: drawing.box(question) for question in document.values}
    if not plan.unseen:
        return encoded(drawing.image), boxes
    photo = Photo.random(rng)
    size = drawing.image.size
    return encoded(photo.take(drawing), photo.quality), {q: photo.carry(b, *size) for q, b in boxes.items()}


def _sample(document: DrawnDocument, question: str, index: str, path: Path, split: str, box: Box) -> Sample:
    return Sample(
        document=index,
        image=path,
        image_digest="",
        question=QUESTIONS[question],
        answer=document.truth(question),
        field=Field(document.doc_type, question),
        split=split,
        box=tuple(round(v, 1) for v in box),  # type: ignore[arg-type]
    )
