"""Whether a true value stands on its page, as far as OCR can read it."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from promptfit.answer.tesseract.ocr_engine import read_lines
from promptfit.study.checks.finding import CheckedRow, Finding
from promptfit.support.files.pixels import read
from promptfit.support.grouped_by import grouped_by
from promptfit.support.lookalikes import folded
from promptfit.types import PromptfitError

ALIKE = 75.0
"""Least likeness (rapidfuzz's partial ratio, 0 to 100) of a value's letters and the best place on the page: OCR
misreads one letter in six of a bad scan, and a value of another page is seldom that near."""
SHORT = 3
"""Letters and digits up to which a value has to stand there to the letter."""
_LAYOUT = 3
"""Tesseract's page segmentation mode: it finds columns and blocks itself."""
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
        for own, text in pool.map(lambda own: (own, _text(own[0].sample.image, languages)), pages[:most]):
            done()
            near = [(one, _likeness(one.sample.answer, text)) for one in own] if text is not None else []
            absent = [(one, found) for one, found in near if found < ALIKE]
            kind = "unread" if len(absent) > max(1, len(near) / 2) else "off page"  # the page, or OCR, is at fault
            for one, found in absent:
                yield one.odd(kind, f"the nearest text on the page is {found:.0f} % like it")


def _text(image: Path, languages: Sequence[str]) -> str | None:
    """The letters and digits of a page; None where OCR fails."""
    try:
        pixels = read(image)
        times = _ENLARGE / max(pixels.size)
        if times > 1:
            pixels = pixels.resize((round(pixels.width * times), round(pixels.height * times)))
        return _letters(" ".join(word for line in read_lines(pixels, languages, _LAYOUT) for word in line))
    except PromptfitError:
        return None


def _likeness(answer: str, page: str) -> float:
    from rapidfuzz import fuzz

    wanted = _letters(answer)
    if len(wanted) <= SHORT:
        return 100.0 if wanted in page else 0.0
    return fuzz.partial_ratio(wanted, page) if len(wanted) <= len(page) else fuzz.ratio(wanted, page)


def _letters(text: str) -> str:
    """What OCR tells apart: letters that look alike are one, and so are O and nought."""
    return folded(re.sub(r"[\W_]", "", text)).replace("0", "о")
