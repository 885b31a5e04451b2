"""A stress study as the console shows it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from rich.table import Table

from promptfit.commands.shared import tables
from promptfit.commands.shared.cer_text import cer_text, ends
from promptfit.commands.shared.study_plan import StudyPlan
from promptfit.score.intervals import CAUTION, FEW_DOCUMENTS
from promptfit.study.records.stress_json import Robustness, StressRecord


def plan(answerer: str, baseline: str | None, plan: StudyPlan, augmentations: int, severities: int) -> list[str]:
    """What is to come, in words."""
    conditions = 1 + augmentations * severities
    asked = f"{conditions * plan.requests:,} requests"
    lines = [
        f"{len(plan.samples):,} samples of {plan.documents:,} documents, {len(plan.prompts)} prompts of "
        f"{tables.shown(plan.path)}",
        f"{conditions} conditions: clean, and {augmentations} augmentations at {severities} severities each",
        f"{asked} to {answerer}" + (f", and as many to {baseline}" if baseline else ""),
    ]
    return [*lines, "what was answered before is not asked again"]


def table(record: StressRecord) -> Table:
    """Augmentation by severity: the macro CER, and what it costs."""
    severities = sorted({one.severity for one in record.conditions})
    ratio = [f"/ {record.baseline}"] if record.baseline else []
    headings = ("augmentation", *map(str, severities), "mean (95 %)", "- clean (95 %)", *ratio, "breaks")
    shown = tables.headed(f"{record.source.answerer} on {record.source.dataset}: macro CER", *headings)
    cers = {(one.augmentation, one.severity): one.overall.cer for one in record.conditions}
    for one in sorted(record.robustness, key=lambda one: -one.mean_cer):
        cells = [f"{cers[one.augmentation, severity]:.4f}" for severity in severities]
        mean = f"{one.mean_cer:.4f}{ends(one.low, one.high)}"
        change = f"{one.relative:+.4f}{ends(one.relative_low, one.relative_high)}"
        against = [("-" if one.ratio is None else f"{one.ratio:.2f}")] if record.baseline else []
        shown.add_row(one.augmentation, *cells, mean, change, *against, _breaks(one, _unread(record)))
    if record.source.documents < FEW_DOCUMENTS:
        shown.caption = CAUTION
    return shown


def summary(record: StressRecord) -> list[str]:
    """Clean against corrupted, the fields that break, and the captures."""
    return [*_overall(record), *_broken(record), *_captures(record)]


def places(files: Sequence[Path], worst: int) -> list[str]:
    """Where the results are."""
    return [
        f"the study: {tables.shown(files[0])}, as a table: {tables.shown(files[1])}, errors: {tables.shown(files[2])}",
        f"the {worst} worst answers with their images: {tables.shown(files[0].parent / 'worst')}",
        "runs: `promptfit ui` opens MLflow; they are under promptfit/stress",
    ]


def _overall(record: StressRecord) -> Iterator[str]:
    said = record.metrics
    yield f"clean: macro CER {cer_text(record.clean)}, exact {record.clean.exact:.1%}"
    if record.robustness:
        mean = f"{said['cer_corrupted']:.4f}{ends(said.get('cer_corrupted_low'), said.get('cer_corrupted_high'))}"
        change = f"{said['relative']:+.4f}{ends(said.get('relative_low'), said.get('relative_high'))}"
        against = f", {said['ratio']:.2f} times that of {record.baseline}" if "ratio" in said else ""
        yield f"corrupted: mean macro CER {mean}, {change} over clean{against}"


def _broken(record: StressRecord) -> Iterator[str]:
    lost = _unread(record)
    if lost:
        yield f"{len(lost)} of {len(record.clean_fields)} fields have a CER of {record.threshold:g} or more when clean"
    broken = [field for one in record.robustness for field, at in one.breaks.items() if at and field not in lost]
    if broken:
        named = ", ".join(f"{field} ({count})" for field, count in Counter(broken).most_common(5))
        yield f"others reach it under so many of {len(record.robustness)} augmentations: {named}"


def _captures(record: StressRecord) -> Iterator[str]:
    if (consistent := record.metrics.get("right_in_all_captures")) is not None:
        mean = record.metrics["right_in_captures"]
        yield f"over the captures of a document: {mean:.1%} of answers are right, {consistent:.1%} of questions in all"


def _breaks(one: Robustness, lost: Collection[str]) -> str:
    """How many fields break that were read when clean."""
    at = sorted(severity for field, severity in one.breaks.items() if severity is not None and field not in lost)
    return f"{len(at)} of {len(one.breaks) - len(lost)} fields, from {at[0]}" if at else "-"


def _unread(record: StressRecord) -> list[str]:
    """Fields that are broken when clean."""
    return [field for field, cell in record.clean_fields.items() if cell.cer >= record.threshold]
