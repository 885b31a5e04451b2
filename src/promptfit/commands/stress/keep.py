"""A stress study as files and as a run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from promptfit.study.records import study_file
from promptfit.study.records.errors_json import ErrorsRecord
from promptfit.study.records.stress_json import StressRecord
from promptfit.study.records.study_source import Cell
from promptfit.study.robustness.changes import field_changes
from promptfit.study.robustness.condition_score import CLEAN
from promptfit.study.robustness.robustness_study import Stressed
from promptfit.support.files.writing import replace_file, table_text, write_table
from promptfit.types import StudyRecorder

COLUMNS = (
    "augmentation",
    "severity",
    "field",
    "cer",
    "low",
    "high",
    "interval",
    "exact",
    "samples",
    "documents",
    "change",
    "change_low",
    "change_high",
)
"""Of `stress.csv`; an empty field is the mean over the fields."""
Row = list[object]


def write(folder: Path, found: Stressed, record: StressRecord, errors: ErrorsRecord) -> list[Path]:
    """Writes the record, its long table, the record of errors and what `dvc plots` draws, in this order.

    Returns:
        The files.
    """
    files = [folder / name for name in ("stress.json", "stress.csv", "errors.json", "robustness.csv")]
    study_file.write(files[0], record)
    write_table(files[1], COLUMNS, [[_cell(value) for value in row] for row in rows(found, record)])
    study_file.write(files[2], errors)
    replace_file(files[3], _plotted(record).encode())
    return files


def keep(run: StudyRecorder, found: Stressed, record: StressRecord, files: Sequence[Path]) -> None:
    """Hands a study's figures, table and files to the run; it was told the conditions as they ended."""
    run.metrics(record.metrics)
    run.table("conditions", COLUMNS, list(rows(found, record)))
    for path in files:
        run.artifact(path)


def rows(found: Stressed, record: StressRecord) -> Iterator[Row]:
    """Every condition by field, clean images first."""
    yield _row(CLEAN, 0, "", record.clean, (None, None, None))
    yield from (_row(CLEAN, 0, name, cell, (None, None, None)) for name, cell in record.clean_fields.items())
    for one, measured in zip(record.conditions, found.corrupted, strict=True):
        changes = field_changes(found.clean, measured, record.source.seed)
        yield _row(one.augmentation, one.severity, "", one.overall, (one.change, one.change_low, one.change_high))
        yield from (
            _row(one.augmentation, one.severity, name, cell, changes[name]) for name, cell in one.fields.items()
        )


def _plotted(record: StressRecord) -> str:
    """A plain CSV, the only one that `dvc plots` reads."""
    lines = [(CLEAN, record.clean.cer), *((one.augmentation, one.mean_cer) for one in record.robustness)]
    return table_text(("augmentation", "mean_cer"), [(name, f"{cer:.6f}") for name, cer in lines], ",")


def _row(
    augmentation: str, severity: int, field: str, cell: Cell, change: tuple[float | None, float | None, float | None]
) -> Row:
    figures = [cell.cer, cell.low, cell.high, cell.interval, cell.exact, cell.samples, cell.documents]
    return [augmentation, severity, field, *figures, *change]


def _cell(value: object) -> str:
    if value is None:
        return ""
    return f"{value:.6f}" if isinstance(value, float) else str(value)
