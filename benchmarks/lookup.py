"""How far OCR tells true values that are not on their page: on real documents, and on those with each other's values.

PROMPTFIT_SCANS names the folder of a data set of real documents, PROMPTFIT_LANGUAGES the languages, as tesseract names
them (eng).
"""

from __future__ import annotations

import os

from benchmarks.row import Row
from promptfit.data.reader import load
from promptfit.study.checks.page_lookup import ALIKE, likeness_on_page
from promptfit.support.grouped_by import grouped_by

NEIGHBOURS = 7
"""Documents whose values are put in the place of a document's own."""


def main() -> list[Row]:
    """A row of values that are there and one of values that are not; none without real documents."""
    folder = os.environ.get("PROMPTFIT_SCANS")
    if not folder:
        return []
    languages = os.environ.get("PROMPTFIT_LANGUAGES", "eng").split(",")
    pages = grouped_by((one for one in load(folder).samples if one.answer.strip()), lambda one: one.image)
    values = [list(dict.fromkeys(one.answer for one in own)) for own in pages.values()]
    missed, own, told, others = 0, 0, 0, 0
    for place, image in enumerate(pages):
        foreign = [one for step in range(1, NEIGHBOURS + 1) for one in values[(place + step) % len(values)]]
        foreign = [one for one in foreign if one not in values[place]]
        found = likeness_on_page([*values[place], *foreign], image, languages)
        split = len(values[place])
        missed, own = missed + sum(one < ALIKE for one in found[:split]), own + split
        told, others = told + sum(one < ALIKE for one in found[split:]), others + len(foreign)
    return [
        Row("true values that are told as not on their page", f"{missed} of {own}", "< 5 %", missed < 0.05 * own),
        Row("values of other pages that are told", f"{told} of {others}", "> 70 %", told > 0.7 * others),
    ]
