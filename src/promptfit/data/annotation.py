"""The annotation of a data set, in VLMHyperBench's columns: their names, the box's notation, and the writer."""

from __future__ import annotations

import math
from collections.abc import Iterable
from pathlib import Path

from promptfit.data.accepted_truths import cell_of
from promptfit.support.files.writing import write_raw_table
from promptfit.types import Box, PromptfitError, Sample

FILE_NAME = "annotation.csv"
REQUIRED = ("data_index", "split", "image_path", "question", "answer", "doc_class", "question_type")
BOX = "answer_bbox"
COLUMNS = (*REQUIRED, BOX)
PARTS = ("search", "holdout", "select", "test")
"""The splits that are read: those of stage 1, and those of stage 2."""


def write_annotation(root: Path, samples: Iterable[Sample]) -> Path:
    """Writes ``root/annotation.csv`` for samples whose images lie under ``root``, in the order given.

    The same samples give the same bytes, wherever ``root`` is.
    """
    target = root / FILE_NAME
    write_raw_table(target, COLUMNS, [_cells(root, sample) for sample in samples])
    return target


def format_box(box: Box | None) -> str:
    """``[x1, y1, x2, y2]``, or nothing; whole numbers without a point."""
    if box is None:
        return ""
    return f"[{', '.join(str(int(value)) if float(value).is_integer() else repr(float(value)) for value in box)}]"


def parse_box(text: str) -> Box | None:
    """Reads ``[x1, y1, x2, y2]``, with or without its brackets; an empty text is no box.

    Raises:
        ValueError: Not four finite numbers with x1 < x2 and y1 < y2.
    """
    body = text.strip()
    if not body:
        return None
    try:
        # a bracket without its partner stays and is no number: the box may have been cut off
        inner = body[1:-1] if body[0] + body[-1] in ("[]", "()") else body
        x1, y1, x2, y2 = map(float, inner.split(","))
    except ValueError:
        raise ValueError(f'"{text}" is no box; write [x1, y1, x2, y2] in pixels, or nothing') from None
    if not (x1 < x2 and y1 < y2 and all(map(math.isfinite, (x1, y1, x2, y2)))):
        raise ValueError(
            f'"{text}" is no box; it needs x1 < x2 and y1 < y2 (of x, y, width, height: [x, y, x + width, y + height])'
        )
    return x1, y1, x2, y2


def _cells(root: Path, sample: Sample) -> tuple[str, ...]:
    try:
        image = sample.image.absolute().relative_to(root.absolute()).as_posix()
    except ValueError:
        raise PromptfitError(f"{sample.image}: lies outside {root}; copy the image there first") from None
    field = sample.field
    return (
        *(sample.data_index or sample.document, sample.split, image, sample.question, cell_of(sample.truths)),
        *(field.doc_type, field.question_type, format_box(sample.box)),
    )
