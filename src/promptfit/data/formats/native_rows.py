"""Found values as rows of our annotation: what a data set's reader would refuse is left out, with its reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from promptfit.data.accepted_truths import cell_of
from promptfit.data.annotation import BOX, COLUMNS, format_box
from promptfit.data.formats.copied_images import CopiedImages
from promptfit.data.formats.found_value import FoundValue, LeftOut
from promptfit.data.record_files import BOXES, around
from promptfit.support.files.unfit_image import UnfitImage
from promptfit.support.texts import as_name, nfc
from promptfit.types import Box, Field

LONGEST = 1_000_000
"""Characters of a cell."""


class NativeRows:
    """Makes the rows of one data set; it remembers which field of which image there was.

    Args:
        images: Takes their images.
        splits: Our names of the source's splits.
        columns: Of the annotation.
    """

    def __init__(self, images: CopiedImages, splits: Mapping[str, str], columns: Sequence[str] = COLUMNS) -> None:
        self._images, self._splits, self._columns = images, splits, columns
        self._fields: dict[str, Field] = {}
        self._numbers: dict[Field, int] = {}
        self._seen: set[int] = set()
        self.boxes_lost = 0

    @property
    def fields(self) -> list[Field]:
        """The fields, in the order in which they were met."""
        return list(self._numbers)

    def row(self, value: FoundValue) -> tuple[str, ...] | LeftOut:
        """The row, or why there is none."""
        names = {"document": as_name(value.document), "document type": as_name(value.doc_type)}
        if lacking := next((what for what, name in names.items() if not name), ""):
            return LeftOut(value.place, f"it has no {lacking}")
        if max(map(len, (value.answer, value.question, value.question_type))) > LONGEST:
            return LeftOut(value.place, f"a text of more than {LONGEST:,} characters")
        field = Field(names["document type"], as_name(value.question_type))
        known = self._fields.setdefault(field.name, field)
        if known != field:
            return LeftOut(value.place, "its field is another one's when written in one line", f'"{field.name}"')
        try:
            image, width, height, path = self._images.take(value)
        except UnfitImage as fault:
            return LeftOut(value.place, "its image can't be read", f"{value.image_name}: {fault}")
        number = self._numbers.setdefault(field, len(self._numbers))
        if (key := image << 32 | number) in self._seen:
            return LeftOut(value.place, "its image has a value of this field already", f'"{field.name}" of {path}')
        boxes = [one for one in value.boxes if _inside(one, width, height)]
        cells = {
            "data_index": names["document"],
            "split": self._splits.get(value.split, value.split),
            "image_path": path,
            "question": nfc(value.question) or field.question_type or field.doc_type,
            "answer": cell_of(tuple(dict.fromkeys(map(nfc, (value.answer, *value.others))))),
            "doc_class": field.doc_type,
            "question_type": field.question_type,
            BOX: format_box(around(boxes)),
            BOXES: f"[{', '.join(map(format_box, boxes))}]" if len(boxes) > 1 else "",
        }
        row = tuple(cells[column] for column in self._columns)
        try:
            "".join(row).encode()
        except UnicodeEncodeError:
            return LeftOut(value.place, "it is no Unicode text")
        self._seen.add(key)
        self.boxes_lost += len(value.boxes) - len(boxes)
        return row


def _inside(box: Box, width: int, height: int) -> bool:
    return 0 <= box[0] < box[2] <= width and 0 <= box[1] < box[3] <= height
