"""Makes the record of a whole stress study."""

from __future__ import annotations

from collections.abc import Sequence

from promptfit.study.records.stress_json import Consistency, Robustness, StressRecord
from promptfit.study.records.study_source import Source
from promptfit.study.robustness.changes import consistency_of, mean_ends, robustness_of
from promptfit.study.robustness.robustness_study import Stressed


def stress_record(found: Stressed, source: Source, baseline: str | None, threshold: float) -> StressRecord:
    """Records a study; the same study gives the same record.

    Args:
        found: What was asked and measured.
        source: What it was made from; its seed is that of the intervals.
        baseline: The baseline answerer's name.
        threshold: CER from which a field counts as broken.
    """
    robustness = robustness_of(found.clean, found.corrupted, found.baseline[1:], threshold, source.seed)
    consistency = consistency_of(found.clean_scored)
    return StressRecord(
        metrics_of(found, robustness, consistency, source.seed),
        source,
        baseline,
        threshold,
        found.clean.overall,
        {field.name: cell for field, cell in found.clean.fields.items()},
        {field.name: text for field, text in found.prompts.items()},
        found.conditions,
        robustness,
        consistency,
    )


def metrics_of(
    found: Stressed, robustness: Sequence[Robustness], consistency: Sequence[Consistency], seed: int
) -> dict[str, float]:
    """The whole study in plain numbers; those that are not known are left out."""
    clean = found.clean.overall
    figures = {"cer_clean": clean.cer, "cer_clean_low": clean.low, "cer_clean_high": clean.high}
    figures["exact_clean"] = clean.exact
    if found.corrupted:
        (mean, low, high, _), (relative, relative_low, relative_high) = mean_ends(found.clean, found.corrupted, seed)
        figures |= {"cer_corrupted": mean, "cer_corrupted_low": low, "cer_corrupted_high": high}
        figures |= {"relative": relative, "relative_low": relative_low, "relative_high": relative_high}
        figures["broken"] = float(sum(at is not None for one in robustness for at in one.breaks.values()))
    if found.baseline:
        ratios = [one.ratio for one in robustness]
        known = [ratio for ratio in ratios if ratio is not None]
        figures["cer_clean_baseline"] = found.baseline[0].overall.cer
        figures["ratio"] = sum(known) / len(known) if known and len(known) == len(ratios) else None
    if questions := sum(one.questions for one in consistency):
        figures["right_in_captures"] = sum(one.mean * one.questions for one in consistency) / questions
        figures["right_in_all_captures"] = sum(one.consistent * one.questions for one in consistency) / questions
    figures |= {f"cer/{one.augmentation}": one.mean_cer for one in robustness}
    return {name: value for name, value in figures.items() if value is not None}
