"""A scripted answerer (a stand-in, no model): it reads the truth that a test wrote beside the image.

It is chatty unless the prompt says "только значение", prints in capitals unless it says "с заглавной буквы", and
counts its requests in a file, so that a test can see what was asked across processes. Where the prompt says "JSON" it
answers with all fields; where it says "сбивчиво" as well, it leaves out the last one.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator, Sequence
from functools import cache
from hashlib import sha256
from pathlib import Path

from PIL import Image, ImageDraw

from promptfit.data.reader import Dataset, load
from promptfit.types import Answer, NoAnswer, Request

FIELDS = ("passport Фамилия", "passport Имя", "СНИЛС")
SURNAMES = "Карбаинов Куликов Лебедев Орлова Павлов Зайцева Крылов Савина".split()


class Reader:
    """Answers from ``<image>.txt``: a line a field, in the order of ``FIELDS``."""

    remote = False

    def __init__(self, log: str, delay: float = 0.0) -> None:
        self.log, self.delay = log, delay
        self.identity = '{"checkpoint":"scripted"}'

    def answer(self, requests: Sequence[Request]) -> Iterator[tuple[int, Answer | NoAnswer]]:
        for index, request in enumerate(requests):
            time.sleep(self.delay)
            with Path(self.log).open("a") as log:
                log.write("1\n")
            yield index, Answer(said(request, Path(self.log).parent), tokens_in=10, tokens_out=3)


def said(request: Request, home: Path) -> str:
    beside = request.image if request.image.with_suffix(".txt").exists() else original(home, request.image_digest)
    lines = beside.with_suffix(".txt").read_text("utf-8").splitlines()
    small = "с заглавной буквы" in f"{request.system} {request.prompt}".casefold()
    if "JSON" in request.prompt:
        pairs = [line.split("=") for line in lines[: len(lines) - ("сбивчиво" in request.prompt)]]
        return json.dumps({key: _value(truth, small) for key, truth in pairs}, ensure_ascii=False)
    asked = next((line for line in lines if line.split("=")[0].casefold() in request.prompt.casefold()), lines[0])
    question, _, truth = asked.partition("=")
    value = _value(truth, small)
    return value if "только значение" in request.prompt.casefold() else f"{question}: {value}"


def _value(truth: str, small: bool) -> str:
    return truth if small or truth[0].isdigit() else truth.upper()


@cache
def original(home: Path, digest: str) -> Path:
    """What an altered image was made of: this answerer reads as well through any damage."""
    return next(path for path in home.rglob("images/*.png") if sha256(path.read_bytes()).hexdigest() == digest)


def make_data(root: Path, documents: int = 6, box: str = "", parts: tuple[str, str] = ("holdout", "search")) -> Dataset:
    """A data set of passports and СНИЛС, half in each part; every answer has the same box, or none."""
    (root / "images").mkdir(parents=True)
    rows = ["data_index;split;image_path;question;answer;doc_class;question_type;answer_bbox"]
    for i in range(documents):
        part = parts[i % 2]
        surname, number = SURNAMES[i % len(SURNAMES)], f"123-456-789 {i:02d}"
        for name, asked in (
            (f"p{i}", {"Фамилия": surname, "Имя": f"Иван{'а' * i}"}),
            (f"s{i}", {"": number}),
        ):
            image = Image.new("L", (40, 30), "white")
            ImageDraw.Draw(image).text((2, 2), f"{name}\n{root.name}")  # other documents than other data sets'
            image.save(root / "images" / f"{name}.png")
            lines = [f"{question or 'СНИЛС'}={truth}" for question, truth in asked.items()]
            (root / "images" / f"{name}.txt").write_text("\n".join(lines), "utf-8")
            doc_type = "СНИЛС" if "" in asked else "passport"
            for question, truth in asked.items():
                rows.append(f"{name};{part};images/{name}.png;Вопрос?;{truth};{doc_type};{question};{box}")
    (root / "annotation.csv").write_text("\n".join(rows) + "\n", "utf-8-sig")
    return load(root)


def asked(home: Path) -> int:
    """Requests that reached the scripted answerer so far."""
    log = home / "asked.log"
    return log.read_text().count("1") if log.exists() else 0


def configure(home: Path, delay: float = 0.0) -> None:
    """Puts conf/model/reader.yaml into a home and allows its class; commands need this folder on their path."""
    allowed = home / "conf" / "local" / "targets.yaml"
    if not allowed.exists():
        allowed.parent.mkdir(exist_ok=True)
        allowed.write_text("- reading.Reader\n", "utf-8")
    answerer = f"answerer:\n  _target_: reading.Reader\n  log: {home / 'asked.log'}\n  delay: {delay}\n"
    (home / "conf" / "model" / "reader.yaml").write_text(f'name: reader\nsystem: ""\n{answerer}', "utf-8")


def environment(home: Path) -> dict[str, str]:
    """For commands in a process of their own."""
    return {
        **os.environ,
        "PROMPTFIT_HOME": str(home),
        "PYTHONPATH": os.pathsep.join([str(Path(__file__).parent), *filter(None, [os.environ.get("PYTHONPATH")])]),
        "COLUMNS": "200",
    }
