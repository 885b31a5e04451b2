"""The files of ICDAR 2019 SROIE: a JSON of fields a receipt, its image, and its lines with boxes if they are there."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from promptfit.data.annotation import COLUMNS
from promptfit.data.formats.found_value import Found, FoundValue, LeftOut
from promptfit.data.formats.image_finder import ENDINGS
from promptfit.data.formats.import_plan import ImportPlan, Order, Origin
from promptfit.data.formats.read_format import ReadFormat
from promptfit.data.plain_json import read_json
from promptfit.data.record_files import BOXES
from promptfit.paths import resolve
from promptfit.support.texts import as_name
from promptfit.types import Box, PromptfitError

KEYS = (("key", "*.json"), ("entities", "*.txt"))
"""Folders of the fields, as the two usual copies of the set call them."""
IMAGES, LINES = "img", "box"
_LARGEST = 10_000_000


class SroieFormat(ReadFormat):
    """Receipts with company, date, address and total. Folders `train` and `test` around them become splits.

    Args:
        doc_type: The document type of all of them.
    """

    def __init__(self, doc_type: str) -> None:
        self._doc_type = doc_type

    def plan(self, order: Order) -> ImportPlan:
        """See ``ReadFormat``."""
        root = resolve(order.source)
        files = sorted(file for folder, kind in KEYS for file in root.rglob(f"{folder}/{kind}"))
        if not files:
            raise PromptfitError(
                f"{root}: no files of SROIE: looked for key/*.json or entities/*.txt, with {IMAGES}/ beside it"
            )
        placed = _Placed()

        def origin() -> Origin:
            return Origin(root.name, "as the files are", "ICDAR 2019 SROIE, for research", placed.notes())

        def found() -> Iterator[Found]:
            for file in files:
                yield from self._receipt(root, file, placed)

        return ImportPlan(root.name, root, found, origin, columns=(*COLUMNS, BOXES))

    def _receipt(self, root: Path, file: Path, placed: _Placed) -> Iterator[Found]:
        place = file.relative_to(root).as_posix()
        if not file.resolve().is_relative_to(root.resolve()):
            yield LeftOut(place, "a link that leaves the folder")
            return
        try:
            said = read_json(file)
        except PromptfitError as fault:
            yield LeftOut(place, "its fields can't be read", str(fault).removeprefix(f"{file}: "))
            return
        image = _image(file.parent.parent / IMAGES, file.stem)
        if image is None or not image.resolve().is_relative_to(root.resolve()):
            yield LeftOut(place, f"there is no image {IMAGES}/<name>.jpg in the folder", f"{IMAGES}/{file.stem}.*")
            return
        if not isinstance(said, Mapping) or not all(isinstance(value, str) for value in said.values()):
            yield LeftOut(place, "its fields are no texts by name")
            return
        lines = _lines(file.parent.parent / LINES / file.stem, root)
        above = file.parent.parent.relative_to(root)
        split = above.name if above.name in ("train", "test") else ""
        name = (above / image.name).as_posix()
        for field, value in said.items():
            boxes = placed.boxes(value, lines)
            yield FoundValue(
                place,
                (above / file.stem).as_posix(),
                image,
                name,
                self._doc_type,
                field,
                value,
                split=split,
                boxes=boxes,
            )


class _Placed:
    """Where values stand among a page's lines; it counts those that stand nowhere."""

    def __init__(self) -> None:
        self._values, self._absent = 0, 0

    def boxes(self, value: str, lines: list[tuple[Box, str]]) -> tuple[Box, ...]:
        """The box of the one line that is the value, or those of the lines one below the other that make it up."""
        if not lines or not value.strip():
            return ()
        self._values += 1
        wanted = _letters(value)
        self._absent += wanted not in _letters("".join(text for _, text in lines))
        for start in range(len(lines)):
            joined, end = "", start
            while end < len(lines) and len(joined) < len(wanted) and wanted.startswith(joined):
                joined, end = joined + _letters(lines[end][1]), end + 1
            if joined == wanted:
                return tuple(box for box, _ in lines[start:end])
        return ()

    def notes(self) -> tuple[str, ...]:
        """How many truths are not on their page as written."""
        if not self._absent:
            return ()
        return (
            f"{self._absent} of {self._values} true values do not stand on their page as they are written; `promptfit "
            "check` shows them",
        )


def _letters(text: str) -> str:
    return re.sub(r"[\W_]", "", as_name(text).casefold())


def _image(folder: Path, stem: str) -> Path | None:
    return next((path for ending in ENDINGS for path in (folder / f"{stem}{ending}",) if path.is_file()), None)


def _lines(stem: Path, root: Path) -> list[tuple[Box, str]]:
    """Lines of a page with their boxes: eight numbers, and the text, which may hold commas."""
    file = next((path for kind in ("csv", "txt") if (path := stem.with_name(f"{stem.name}.{kind}")).is_file()), None)
    if file is None or file.stat().st_size > _LARGEST or not file.resolve().is_relative_to(root.resolve()):
        return []
    made: list[tuple[Box, str]] = []
    for row in csv.reader(file.read_text("utf-8-sig", "replace").splitlines(), quoting=csv.QUOTE_NONE):
        try:
            numbers = [float(one) for one in row[:8]]
        except ValueError:
            continue
        if len(numbers) == 8:
            xs, ys = numbers[::2], numbers[1::2]
            made.append(((min(xs), min(ys), max(xs), max(ys)), ",".join(row[8:])))
    return made
