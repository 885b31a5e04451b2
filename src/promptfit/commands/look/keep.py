"""A study of looking as a run."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from promptfit.study.grounding.grounding import Found
from promptfit.study.grounding.occlusion import Looked
from promptfit.study.records.look_json import LookRecord
from promptfit.types import Recorder

VERDICTS = ("verdict", "right", "changes when covered", "stays when elsewhere is covered", "answers")
LAYERS = ("layer", "mass in the box", "low", "high", "answers")
ANSWERS = ("field", "image", "document", "expected", "answer", "edits", "verdict", "mass", "area")
VARIANTS = ("covered", "elsewhere")


def keep(run: Recorder, found: Found, record: LookRecord, files: Sequence[Path]) -> None:
    """Hands the figures, every answer with its verdict, and the pictures to the run."""
    run.metrics(record.metrics)
    rows = [[one.verdict, one.right, one.covered_changes, one.elsewhere_stays, one.answers] for one in record.verdicts]
    run.table("verdicts", VERDICTS, rows)
    layer = record.attention.layer if record.attention else None
    if record.attention:
        layers = enumerate(record.attention.layers)
        run.table("layers", LAYERS, [[place, one.value, one.low, one.high, one.count] for place, one in layers])
    columns = [*ANSWERS, *(f"{kind}: {fill}" for fill in record.fills for kind in VARIANTS)]
    run.table("answers", columns, [_row(one, layer) for one in found.answers])
    for path in files:
        run.artifact(path)


def _row(one: Looked, layer: int | None) -> list[object]:
    sample, glance = one.question.sample, one.glance
    said = [sample.field.name, sample.image.name, sample.document, one.clean.expected, one.clean.reading.value]
    seen = [float(glance.mass[layer]), glance.area] if glance and layer is not None else [None, None]
    variants = [answer for variant in one.variants for answer in (variant.here, variant.elsewhere)]
    return [*said, one.clean.counts.edits, one.verdict, *seen, *variants]
