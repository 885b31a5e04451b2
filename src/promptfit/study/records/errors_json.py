"""What `study/<answerer>/errors.json` holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as with_default

from promptfit.study.records.study_source import Cell, Source
from promptfit.support.files.record_file import UNSAID


@dataclass(frozen=True, slots=True)
class Confusion:
    """Characters read as others; an empty ``read`` was lost, an empty ``true`` was added."""

    true: str
    read: str
    count: int
    share: float
    """Of all occurrences of ``true`` in the truths; of all truth characters where ``true`` is empty."""


@dataclass(frozen=True, slots=True)
class Group:
    """The answers of one kind of samples."""

    by: str
    """``field``, ``doc_type``, ``augmentation``, ``length`` or ``text_height``."""
    name: str
    cell: Cell
    kinds: Mapping[str, int]
    """Edits by the kind of error."""


@dataclass(frozen=True, slots=True)
class GrowthPoint:
    """A weakness, and what it would be worth to mend it."""

    weakness: str
    """The kind of error."""
    lever: str
    """``prompt``, ``post-processing``, ``larger image`` or ``better model``."""
    fall: float
    """How much the overall CER would fall; the falls of all points add up to the CER."""
    low: float | None
    high: float | None
    answers: int
    """Answers with this error."""
    normaliser: str | None
    """Post-processing: the step of score/normalize.py, or the reader, that mends it."""
    examples: Sequence[Sequence[str]]
    """``[truth, answer]``."""


@dataclass(frozen=True, slots=True)
class WorstAnswer:
    """One of the worst answers, with the image as the answerer saw it."""

    field: str
    document: str
    image: str
    """Name of the image's file in the data set."""
    picture: str
    """A PNG beside the record, relative to it; empty where it could not be kept."""
    augmentation: str
    """Empty for the clean image."""
    severity: int
    prompt: str
    truth: str
    answer: str
    edits: int
    kind: str
    box: tuple[float, float, float, float] | None
    """The answer's box in ``picture``."""
    raw: str = with_default(default="", metadata=UNSAID)
    """The answer as it came, where that is not what was read in it."""


@dataclass(frozen=True, slots=True)
class ErrorsRecord:
    """`study/<answerer>/errors.json`."""

    metrics: Mapping[str, float]
    source: Source
    overall: Cell
    """Pooled over all answers that were studied: edits / characters."""
    clean: bool
    """Whether only clean images were studied."""
    kinds: Mapping[str, int]
    """Edits by the kind of error, each edit charged once."""
    confusions: Sequence[Confusion]
    groups: Sequence[Group]
    growth: Sequence[GrowthPoint]
    """The largest fall first."""
    worst: Sequence[WorstAnswer]
