"""What the studies found, as their files hold it: the report and the charts are made of these alone.

Every record starts with ``metrics``, plain numbers that DVC compares.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as with_default

from promptfit.support.files.record_file import UNSAID


@dataclass(frozen=True, slots=True)
class Source:
    """What a study was made from."""

    answerer: str
    dataset: str
    data_digest: str
    collection: str
    """The prompt collection's file, relative to the project's root."""
    collection_digest: str
    """sha256 (hex) of that file."""
    seed: int
    chain: Sequence[str]
    commit: str
    run_id: str
    """The MLflow run."""
    requests: int
    """Logical requests that the study took."""
    documents: int
    left_out: Mapping[str, int] = with_default(default_factory=dict)
    """Samples that could not take part, by the reason."""
    command: str = ""
    """What makes it again."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A CER with its 95 % interval; all captures of a document, and all its corrupted versions, are one cluster."""

    cer: float
    low: float | None
    high: float | None
    interval: str
    """As ``types.Score`` has it, or ``none`` (ends are None)."""
    exact: float
    samples: int
    documents: int


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


@dataclass(frozen=True, slots=True)
class Share:
    """A share or a mean with its 95 % interval over documents; None where there was nothing to measure.

    The ends alone are None where resampling shows no interval: one document, or the same in each of them.
    """

    value: float | None
    low: float | None
    high: float | None
    count: int


@dataclass(frozen=True, slots=True)
class Attention:
    """Where the answer's tokens looked; attention relative to that of a prompt that asks nothing (arXiv 2502.17422)."""

    layer: int
    """The layer that the figures and maps are of; it was chosen on other documents than those that are told of."""
    mass_right: Share
    """Share of the relative attention inside the answer's box, right answers."""
    mass_wrong: Share
    mass_difference: Share
    """Right minus wrong."""
    area: Share
    """The box's share of the image: what blind looking would give."""
    pointing: Share
    """Share of answers whose strongest spot lies in the box."""
    layers: Sequence[Share]
    """Mass in the box, by layer."""
    fields: Mapping[str, Share]
    """Mass in the box, by field."""
    taught: bool
    """The model's training guided its attention to the answers' boxes."""
    absolute_right: Share = Share(None, None, None, 0)
    """Mass in the box of the attention itself, not set against the generic prompt's; the same layer, right answers."""
    absolute_wrong: Share = Share(None, None, None, 0)
    absolute_difference: Share = Share(None, None, None, 0)
    """Right minus wrong."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """One row of the occlusion table."""

    verdict: str
    """``read``, ``without looking``, ``wrong though looking``, ``misled by elsewhere`` or ``unsteady``."""
    right: bool
    covered_changes: bool
    elsewhere_stays: bool
    answers: int
    fields: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Overlay:
    """Pictures of one answer; files beside the record, relative to it."""

    field: str
    document: str
    truth: str
    answer: str
    verdict: str
    mass: float | None
    heat: str
    """The document with the attention map and the box drawn; empty without attention."""
    covered: str
    """The box covered; empty where it has none."""
    covered_answer: str
    elsewhere: str
    """As much covered elsewhere."""
    elsewhere_answer: str


@dataclass(frozen=True, slots=True)
class LookRecord:
    """`study/<answerer>/look.json`."""

    metrics: Mapping[str, float]
    source: Source
    attention: Attention | None
    """None where the answerer gives none."""
    no_attention: str
    """Why there is none."""
    fills: Sequence[str]
    verdicts: Sequence[Verdict]
    cer_looking: Share
    """CER of answers that depend on the box, and on nothing else that was covered."""
    cer_not_looking: Share
    difference: Share
    """CER of the latter minus the former: does looking right predict reading right?"""
    right_looking: Share
    """Share of right answers among the former."""
    right_not_looking: Share
    overlays: Sequence[Overlay]
