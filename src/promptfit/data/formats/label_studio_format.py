"""Label Studio's export in JSON: a list of tasks, each with its image and what annotators made of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from promptfit.data.annotation import COLUMNS
from promptfit.data.formats.annotators import Annotators
from promptfit.data.formats.found_value import Found, FoundValue, LeftOut
from promptfit.data.formats.image_finder import ENDINGS, ImageFinder
from promptfit.data.formats.import_plan import ImportPlan, Order, Origin
from promptfit.data.formats.labelled_regions import labelled_values
from promptfit.data.formats.read_format import ReadFormat
from promptfit.data.images import inspect
from promptfit.data.plain_json import read_json
from promptfit.data.record_files import BOXES
from promptfit.paths import resolve
from promptfit.support.files.unfit_image import UnfitImage
from promptfit.types import PromptfitError

_LARGEST = 1_000_000_000
_UPLOADED = re.compile(r"[0-9a-f]{8}-(?=.)")
"""What Label Studio puts before the name of a file that was uploaded."""


class LabelStudioFormat(ReadFormat):
    """Rectangles in percent with text areas become values with boxes; choices of a whole image become values, too.

    Args:
        images: The folder of the images, from the export's; None is the export's.
        doc_type: The control whose choice is the document's type, or the type itself; None is the export's name.
        annotator: Whose annotation is taken of several: ``agreed``, ``latest``, or who completed it.
    """

    def __init__(self, images: str | None, doc_type: str | None, annotator: str) -> None:
        self._images, self._doc_type, self._annotator = images, doc_type, str(annotator)

    def plan(self, order: Order) -> ImportPlan:
        """See ``ReadFormat``."""
        path = resolve(order.source)
        if not path.is_file():
            raise PromptfitError(f"{path}: no such file; give Label Studio's export (the format JSON)")
        if path.stat().st_size > _LARGEST:
            raise PromptfitError(f"{path}: more than {_LARGEST / 1e6:,.0f} MB; export the project in parts")
        tasks = read_json(path)
        if not isinstance(tasks, list) or not all(isinstance(task, Mapping) for task in tasks):
            raise PromptfitError(f"{path}: no list of tasks; export the project as JSON (not JSON-MIN)")
        if tasks and not any("annotations" in task or "completions" in task for task in tasks):
            raise PromptfitError(
                f"{path}: its tasks have no `annotations`; export as JSON, not JSON-MIN, after somebody annotated"
            )
        finder = ImageFinder(path.parent / str(self._images or ""))
        annotators = Annotators(self._annotator)

        def found() -> Iterator[Found]:
            for number, task in enumerate(tasks, start=1):
                yield from self._task(f"task {task.get('id', number)}", task, finder, annotators, path.stem)

        def origin() -> Origin:
            return Origin(path.name, f"{len(tasks)} tasks", notes=annotators.notes())

        return ImportPlan(path.stem, path.parent, found, origin, columns=(*COLUMNS, BOXES))

    def _task(
        self, place: str, task: Mapping[str, Any], finder: ImageFinder, annotators: Annotators, name: str
    ) -> Iterator[Found]:
        results = annotators.chosen(task)
        if results is None:
            yield LeftOut(place, "nobody has annotated it, or what was annotated is empty or cancelled", usual=True)
            return
        try:
            image = _image(task, finder)
            facts = inspect(image)
        except (ValueError, OSError, UnfitImage) as fault:
            yield LeftOut(place, "its image is not there, or can't be read", str(fault))
            return
        found = image.relative_to(finder.folder).as_posix()
        values = list(labelled_values(results, facts.width, facts.height))
        control = next((one for one in values if one.name == self._doc_type and not one.boxes), None)
        doc_type = control.answer if control else str(self._doc_type or name)
        document = str(task.get("id") or PurePosixPath(found).stem)
        for one in values:
            if one.fault:
                yield LeftOut(place, one.fault, one.name, usual=one.usual)
            elif one is not control:
                yield FoundValue(place, document, image, found, doc_type, one.name, one.answer, boxes=one.boxes)


def _image(task: Mapping[str, Any], finder: ImageFinder) -> Path:
    """The image of a task, wherever Label Studio had it: nothing is downloaded.

    Raises:
        ValueError: It is not in the images' folder.
    """
    data = task.get("data")
    texts = [value for value in data.values() if isinstance(value, str)] if isinstance(data, Mapping) else []
    named = [text for text in texts if _path(text).casefold().endswith(ENDINGS)]
    if not named:
        raise ValueError("no value of `data` is an image's address")
    path = _path(named[0])
    tried = [path, PurePosixPath(path).name, _UPLOADED.sub("", PurePosixPath(path).name, count=1)]
    said = ""
    for one in dict.fromkeys(tried):
        try:
            return finder.find(one, {})
        except ValueError as fault:
            said = said or str(fault)
            if ".." in one.split("/"):
                break
    raise ValueError(said)


def _path(address: str) -> str:
    """The path in an address: ``/data/upload/1/x.jpg``, ``/data/local-files/?d=scans/x.jpg``, ``s3://…``, ``https://…``."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    if local := parse_qs(parts.query).get("d"):
        return local[0]
    return unquote(parts.path) if parts.scheme or address.startswith("/") else address
