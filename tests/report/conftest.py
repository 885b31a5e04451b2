"""A screening without an answerer behind it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from promptfit.evaluate.scoring import Scoring
from promptfit.report.screen_cells import ScreenQuestion, cell
from promptfit.report.screening import NOT_WORTH, WORTH, Screened, Screening
from promptfit.types import Answer, Field, NoAnswer, Sample

HOSTILE = "<script>document.title = 'owned'</script><img src=x onerror=alert(1)> ${1+1} {{ 7*7 }} \u202eназад\ud800"


@pytest.fixture
def screening(tmp_path: Path) -> Callable[..., Screening]:
    """Makes a screening of two images, three questions and as many answerers as asked for, one of them failing."""

    def make(answerers: int = 2) -> Screening:
        images = [_image(tmp_path / f"photo-{i}.jpg", size) for i, size in enumerate([(2400, 1600), (300, 200)])]
        field = Field("passport", "Фамилия")
        surname = Sample("0", images[0], "0" * 64, "Какая фамилия?", "Карбаинов", field, "search")
        questions = (
            ScreenQuestion(images[0], "0" * 64, "Какая фамилия?", surname),
            ScreenQuestion(images[0], "0" * 64, "Очень" + "длинный" * 40 + "вопрос"),
            ScreenQuestion(images[1], "1" * 64, HOSTILE),
        )
        said = [Answer("Имя: КАРБАИНОВ", 900, 12, 1.25), Answer("слово " * 400, 900, 512, 30.5), Answer(HOSTILE)]
        cells = tuple(cell(q, a, Scoring()) for q, a in zip(questions, said, strict=True))
        right = cell(questions[0], Answer("Карбаинов"), Scoring())
        silent = tuple(
            cell(question, NoAnswer("no memory for it; " + "again " * 30), Scoring()) for question in questions
        )
        some = [
            Screened("docvlm-tiny", cells, WORTH, f"читает фамилии {HOSTILE}"),
            Screened("Broken-VL-2B", silent, NOT_WORTH),
            Screened("Right-VL-7B", (right, *cells[1:])),
            Screened("A-model-with-a-very-long-name-Instruct-AWQ-Int4-2026-11", cells),
        ]
        return Screening(datetime(2026, 11, 24, 12, 30), questions, tuple(some[:answerers]))

    return make


def _image(path: Path, size: tuple[int, int]) -> Path:
    image = Image.new("RGB", size, "ivory")
    ImageDraw.Draw(image).text((20, 20), path.name, "black")
    image.save(path)
    return path
