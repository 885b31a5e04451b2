"""Writes what a format finds as a data set in the native layout: value by value, whole or not at all."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import closing
from pathlib import Path

from promptfit.data import data_card
from promptfit.data.annotation import FILE_NAME
from promptfit.data.data_card import DataCard
from promptfit.data.dataset_copy import appearing
from promptfit.data.formats.copied_images import CopiedImages
from promptfit.data.formats.found_value import Found, LeftOut
from promptfit.data.formats.import_plan import ImportPlan, Order
from promptfit.data.formats.left_out import LeftOutCounts
from promptfit.data.formats.native_rows import NativeRows
from promptfit.support.files.raw_stream import RawStream
from promptfit.types import PromptfitError


def write_native(plan: ImportPlan, order: Order, target: Path) -> DataCard:
    """Carries a plan out.

    Args:
        plan: The reading.
        order: What is wanted of it.
        target: The new data set's folder.

    Returns:
        The card that lies in it.

    Raises:
        PromptfitError: Nothing could be taken, or less than was ordered; nothing is left of it then.
    """
    counts, rows_done = LeftOutCounts(), 0
    with appearing(target, plan.root) as folder:
        images = CopiedImages(folder)
        rows = NativeRows(images, order.splits or {}, plan.columns)
        with RawStream(folder / FILE_NAME, plan.columns) as stream, closing(_limited(plan, order.limit)) as found:
            for value in found:
                row = value if isinstance(value, LeftOut) else rows.row(value)
                if isinstance(row, LeftOut):
                    counts.add(row)
                else:
                    stream.add(row)
                    rows_done += 1
        _check(order, rows_done, counts)
        origin = plan.origin()
        notes = [*origin.notes]
        if rows.boxes_lost:
            notes.append(f"{rows.boxes_lost} box(es) reach outside their image or are empty; their values stay without")
        card = DataCard(
            name=target.name,
            source=origin.source,
            revision=origin.revision,
            licence=order.licence or origin.licence,
            rows=rows_done,
            images=images.count,
            fields=tuple(field.name for field in rows.fields),
            left_out=tuple(counts.lines()),
            notes=tuple(notes),
        )
        data_card.write(folder, card)
    stream.say_formulas(target / FILE_NAME)
    return card


def _limited(plan: ImportPlan, limit: int | None) -> Generator[Found, None, None]:
    """The values, up to the end of so many documents in a row."""
    documents = set[str]()
    for value in plan.found():
        if limit is not None and not isinstance(value, LeftOut):
            documents.add(value.document)
            if len(documents) > limit:
                return
        yield value


def _check(order: Order, rows: int, counts: LeftOutCounts) -> None:
    total = rows + counts.faults
    if rows and counts.faults <= order.left_out * total:
        return
    reasons = "".join(f"\n  {line}" for line in counts.lines())
    if not rows:
        raise PromptfitError(f"{order.source}: no value in it can be taken, so nothing is imported{reasons}")
    raise PromptfitError(
        f"{order.source}: {counts.faults} of {total} values can't be taken, so nothing is imported; mend them, or say "
        f"left_out={min(1.0, counts.faults / total + 0.01):.2f}:{reasons}"
    )
