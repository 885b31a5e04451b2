"""What `study/<answerer>/stress.json` holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from promptfit.study.records.study_source import Cell, Source


@dataclass(frozen=True, slots=True)
class ConditionRecord:
    """One augmentation at one severity."""

    augmentation: str
    severity: int
    overall: Cell
    """Macro: the mean of the fields' CERs."""
    fields: Mapping[str, Cell]
    change: float
    """Macro CER minus the clean one."""
    change_low: float | None
    change_high: float | None


@dataclass(frozen=True, slots=True)
class Robustness:
    """One augmentation over its severities."""

    augmentation: str
    mean_cer: float
    """Corruption CER: macro CER averaged over the severities."""
    relative: float
    """The same minus the clean macro CER."""
    ratio: float | None
    """ImageNet-C's: sum of the answerer's CERs over the severities / the baseline's (arXiv 1903.12261); None without
    a baseline."""
    breaks: Mapping[str, int | None]
    """By field, the lowest severity from which on the CER is at the threshold or over it; None where it never is."""
    low: float | None = None
    high: float | None = None
    """Ends of ``mean_cer``'s interval; a document with all its captures and corrupted versions is one cluster."""
    interval: str = "none"
    """As ``Cell`` has it."""
    relative_low: float | None = None
    relative_high: float | None = None
    """Ends of ``relative``'s paired interval."""


@dataclass(frozen=True, slots=True)
class Consistency:
    """Captures of one document, as WildDoc counts them: a question counts if it is right in every capture."""

    field: str
    captures: int
    """The most captures that a document has."""
    questions: int
    mean: float
    """Share of right answers."""
    consistent: float
    """Share of questions right in every capture."""


@dataclass(frozen=True, slots=True)
class StressRecord:
    """`study/<answerer>/stress.json`."""

    metrics: Mapping[str, float]
    source: Source
    baseline: str | None
    """The answerer that ``ratio`` is against."""
    threshold: float
    """CER from which a field counts as broken."""
    clean: Cell
    clean_fields: Mapping[str, Cell]
    prompts: Mapping[str, str]
    """By field."""
    conditions: Sequence[ConditionRecord]
    robustness: Sequence[Robustness]
    consistency: Sequence[Consistency]
