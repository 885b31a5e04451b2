"""VLMHyperBench's data sets since version 0.2: ``images/**/N.*``, and ``jsons/N.json`` with the record of each.

``{"fields": {"<name>": {"value": …, "bboxes": [[x1, y1, x2, y2], …]}}}``: a value has a box a line. Our annotation has
one box, which encloses them, and keeps them all in a column of its own, so that they can be handed back.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image

from promptfit.data.annotation import PARTS, format_box, parse_box
from promptfit.data.images import ImageFolder
from promptfit.data.plain_json import read_json
from promptfit.support.enumerated import some
from promptfit.support.files.table import TableRow
from promptfit.support.texts import as_name
from promptfit.types import Box, PromptfitError

FOLDER, IMAGES = "jsons", "images"
BOXES = "answer_bboxes"
"""The column of all boxes of a value, as JSON."""
DOC_TYPE = "doc_class"


@dataclass(frozen=True, slots=True)
class RecordFolder:
    """A data set in their layout.

    Attributes:
        root: The folder.
        doc_type: Of all its documents that do not say theirs.
    """

    root: Path
    doc_type: str

    def rows(self) -> list[dict[str, str]]:
        """The rows of our annotation, by column; a document's rows are those of its file.

        Raises:
            PromptfitError: A file is faulty, or has no image; file, field and remedy are named.
        """
        images = self._images()
        files = sorted((self.root / FOLDER).glob("*.json"), key=_place)
        if not files:
            raise PromptfitError(f"{self.root / FOLDER}: no N.json in it; a data set needs some")
        if lacking := [file.name for file in files if file.stem not in images]:
            raise PromptfitError(
                f"{self.root / FOLDER}: no image {IMAGES}/**/N.* of {some(lacking)}; put it there or remove the file"
            )
        look = ImageFolder(self.root)
        return [row for file in files for image in images[file.stem] for row in self._record(file, image, look)]

    def unread(self) -> list[str]:
        """The images that no file describes."""
        there = {file.stem for file in (self.root / FOLDER).glob("*.json")}
        return [image for stem, own in self._images().items() if stem not in there for image in own]

    def _images(self) -> dict[str, list[str]]:
        """Paths of images from the root, by their names without ending."""
        found: dict[str, list[str]] = {}
        endings = Image.registered_extensions()
        for path in sorted((self.root / IMAGES).rglob("*"), key=_place):
            if path.suffix.lower() in endings and path.is_file():
                found.setdefault(path.stem, []).append(path.relative_to(self.root).as_posix())
        return found

    def _record(self, file: Path, image: str, look: ImageFolder) -> Iterator[dict[str, str]]:
        said = read_json(file)
        fields = said.get("fields") if isinstance(said, dict) else None
        if not isinstance(fields, dict) or not fields:
            raise PromptfitError(f'{file}: no fields; write {{"fields": {{"<name>": {{"value": …, "bboxes": […]}}}}}}')
        try:
            facts = look.look(image)
        except ValueError as error:
            raise PromptfitError(f"{file}: {error}") from error
        doc_type = as_name(str(said.get(DOC_TYPE) or self.doc_type))
        split = image.split("/")[1]
        names = [as_name(name) for name in fields]
        for name, field in zip(names, fields.values(), strict=True):
            if not name or names.count(name) > 1:
                raise PromptfitError(f'{file}: the field "{name}" has no name of its own; name it')
            boxes = _boxes(file, name, field, facts.width, facts.height)
            yield {
                "data_index": file.stem,
                "split": split if split in PARTS else "",
                "image_path": image,
                "question": name,
                "answer": _value(file, name, field),
                "doc_class": doc_type,
                "question_type": "" if name == doc_type else name,
                "answer_bbox": format_box(around(boxes)),
                BOXES: f"[{', '.join(map(format_box, boxes))}]" if len(boxes) > 1 else "",
            }


def write_records(root: Path, rows: list[TableRow]) -> str:
    """Writes the records of an annotation's rows into ``root/jsons``.

    Returns:
        Why nothing was written: two images of one name have other records, since a file is called like its image.
    """
    images: dict[str, dict[str, Any]] = {}
    for row in rows:
        cells = row.cells
        record = images.setdefault(cells["image_path"], {"fields": {}, DOC_TYPE: as_name(cells["doc_class"])})
        name = as_name(cells["question_type"]) or as_name(cells["doc_class"])
        if name in record["fields"]:
            return f'row {row.number} has a second "{name}" of {cells["image_path"]}'
        record["fields"][name] = {"value": cells["answer"], "bboxes": _several(cells)}
    files: dict[str, dict[str, Any]] = {}
    for image, record in images.items():
        stem = Path(image.replace("\\", "/")).stem
        if files.setdefault(stem, record) != record:
            return f'two images are called "{stem}", with different records'
    (root / FOLDER).mkdir()
    for stem, record in files.items():
        index = {"index": int(stem)} if stem.isdecimal() and stem.isascii() else {}
        text = json.dumps({**record, **index}, ensure_ascii=False, indent=4)
        (root / FOLDER / f"{stem}.json").write_text(f"{text}\n", "utf-8")
    return ""


def _place(path: Path) -> tuple[str, int, str]:
    """Files in the order of their numbers."""
    number = int(path.stem) if path.stem.isdecimal() else -1
    return path.parent.as_posix(), number, path.name


def _value(file: Path, name: str, field: Any) -> str:
    value = field.get("value") if isinstance(field, dict) else field
    if isinstance(value, bool):
        return str(value).lower()
    if not isinstance(value, str | None):
        raise PromptfitError(f'{file}: "{name}": the value is neither text nor number; write one text')
    return value or ""


def _boxes(file: Path, name: str, field: Any, width: int, height: int) -> list[Box]:
    """The boxes of a field, inside the image."""
    said = (field.get("bboxes") if isinstance(field, dict) else None) or []
    try:
        boxes = [_box(one) for one in said]
    except (TypeError, ValueError) as error:
        raise PromptfitError(
            f'{file}: "{name}": the bboxes are no list of [x1, y1, x2, y2] with x1 < x2 and y1 < y2; correct them, or '
            "write [] where they are not known"
        ) from error
    for box in boxes:
        if min(box) < 0 or box[2] > width or box[3] > height:
            raise PromptfitError(
                f'{file}: "{name}": the box {format_box(box)} reaches outside the image of {width}x{height} pixels; '
                "correct it, or leave it out"
            )
    return boxes


def _box(said: Any) -> Box:
    if not isinstance(said, list) or (box := parse_box(", ".join(map(str, said)))) is None:
        raise ValueError(said)
    return box


def around(boxes: Sequence[Box]) -> Box | None:
    """The box that encloses all of them."""
    if not boxes:
        return None
    left, top, right, bottom = zip(*boxes, strict=True)
    return min(left), min(top), max(right), max(bottom)


def _several(cells: Mapping[str, str]) -> list[list[float]]:
    """All boxes of a row: those that were kept, while they still are what the one box encloses."""
    box = parse_box(cells.get("answer_bbox", ""))
    try:
        kept = [_box(one) for one in json.loads(cells.get(BOXES, "") or "[]")]
    except (TypeError, ValueError, RecursionError):
        kept = []
    boxes = kept if kept and around(kept) == box else [box] if box else []
    return [[int(value) if value.is_integer() else value for value in one] for one in boxes]
