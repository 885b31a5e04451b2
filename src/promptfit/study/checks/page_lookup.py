"""Whether a true value stands on its page, as far as OCR can read it."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from promptfit.answer.tesseract.ocr_engine import read_lines
from promptfit.study.checks.finding import CheckedRow, Finding
from promptfit.support.files.pixels import read
from promptfit.support.grouped_by import grouped_by
from promptfit.support.lookalikes import folded
from promptfit.types import PromptfitError

if TYPE_CHECKING:
    from PIL.Image import Image

ALIKE = 75.0
"""Least likeness (rapidfuzz's partial ratio, 0 to 100) of a value's letters and the best place on the page: OCR
misreads one letter in six of a bad scan, and a value of another page is seldom that near."""
SHORT = 3
"""Letters and digits up to which a value has to stand there to the letter."""
_LAYOUTS = (3, 6)
"""Tesseract's page segmentation modes: it finds columns and blocks itself; where values are missed, it is one block."""
_ENLARGE = 1200


def off_page(
    rows: Sequence[CheckedRow], languages: Sequence[str], most: int, done: Callable[[], None]
) -> Iterator[Finding]:
    """Values that OCR does not find.

    Args:
        rows: Of the data set.
        languages: As tesseract names them.
        most: Pages that are read, the first ones.
        done: Is called after each page.
    """
    pages = list(grouped_by((one for one in rows if one.sample.answer.strip()), lambda one: one.sample.image).values())
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for own, found in pool.map(lambda own: (own, _of_page(own, languages)), pages[:most]):
            done()
            absent = [(one, like) for one, like in zip(own, found, strict=True) if like < ALIKE]
            kind = "unread" if len(absent) > max(1, len(own) / 2) else "off page"  # the page, or OCR, is at fault
            for one, like in absent:
                yield one.odd(kind, f"the nearest text on the page is {like:.0f} % like it")


def _of_page(rows: Sequence[CheckedRow], languages: Sequence[str]) -> list[float]:
    """Of several true answers the one that stands there counts."""
    truths = [(place, text) for place, one in enumerate(rows) for text in one.sample.truths]
    found = likeness_on_page([text for _, text in truths], rows[0].sample.image, languages)
    likes = list(zip([place for place, _ in truths], found, strict=True))
    return [max(like for at, like in likes if at == place) for place in range(len(rows))]


def likeness_on_page(answers: Sequence[str], image: Path, languages: Sequence[str]) -> list[float]:
    """How like the nearest text of a page each value is, 0 to 100; where OCR fails, nothing is held against them.

    Args:
        answers: The values.
        image: The page.
        languages: As tesseract names them.
    """
    best = [0.0] * len(answers)
    try:
        pixels = _pixels(image)
        for layout in _LAYOUTS:
            page = _letters(" ".join(word for line in read_lines(pixels, languages, layout) for word in line))
            best = [max(like, _likeness(one, page)) for one, like in zip(answers, best, strict=True)]
            if min(best) >= ALIKE:
                break
    except PromptfitError:
        return [100.0] * len(answers)
    return best


def _pixels(image: Path) -> Image:
    pixels = read(image)
    times = _ENLARGE / max(pixels.size)
    return pixels.resize((round(pixels.width * times), round(pixels.height * times))) if times > 1 else pixels


def _likeness(answer: str, page: str) -> float:
    from rapidfuzz import fuzz

    wanted = _letters(answer)
    if len(wanted) <= SHORT:
        return 100.0 if wanted in page else 0.0
    return fuzz.partial_ratio(wanted, page) if len(wanted) <= len(page) else fuzz.ratio(wanted, page)


def _letters(text: str) -> str:
    """What OCR tells apart: letters that look alike are one, and so are O and nought."""
    return folded(re.sub(r"[\W_]", "", text)).replace("0", "о")
