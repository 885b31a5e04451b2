"""What `study/<answerer>/look.json` holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from promptfit.study.records.study_source import Source
from promptfit.support.files.record_file import UNSAID


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
class Influence:
    """What covering one field's place does to another field of the same record."""

    doc_type: str
    covered: str
    """The key whose place is covered."""
    key: str
    """The other one."""
    changed: int
    """Answers in which that changes."""
    answers: int


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
    influence: Sequence[Influence] = field(default=(), metadata=UNSAID)
    """Of records; the file leaves it out where fields were asked alone."""
