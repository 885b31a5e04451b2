"""A cell of a screening: one question to one answerer, what was answered, and how it differs from the truth."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from statistics import fmean

from promptfit.evaluate.scoring import Scoring
from promptfit.score.metrics import CER
from promptfit.score.normalize import Chain
from promptfit.score.values import compared
from promptfit.types import Answer, Counts, Field, NoAnswer, Reading, Sample, Scored

Differences = tuple[tuple[str, str], ...]
"""The runs of ``differences.runs``; none where the answer is the truth."""


@dataclass(frozen=True, slots=True)
class ScreenQuestion:
    """One question about one image."""

    image: Path
    image_digest: str
    """See ``Request.image_digest``."""
    text: str
    sample: Sample | None = None
    """Where the question is a data set's own."""

    @property
    def field(self) -> str:
        """The field's name; empty where it is not known."""
        return self.sample.field.name if self.sample else ""

    @property
    def schema(self) -> str:
        """See ``Request.schema``."""
        return self.sample.record.schema if self.sample and self.sample.record else ""

    @property
    def truth(self) -> str | None:
        """The true answer, or all that are accepted, for people to read; a record's field by field, a line each.

        None where it is not known.
        """
        if self.sample and self.sample.record:
            return "\n".join(f"{one.field.key}: {_accepted(one)}" for one in self.sample.record.samples)
        return _accepted(self.sample) if self.sample else None


@dataclass(frozen=True, slots=True)
class ScreenField:
    """What was read of one field of a record."""

    field: Field
    reading: Reading
    counts: Counts
    differences: Differences

    @property
    def key(self) -> str:
        """What it is called in the record."""
        return self.field.key


@dataclass(frozen=True, slots=True)
class ScreenAnswer:
    """What one answerer said to one question: an answer, or why there is none."""

    answer: Answer | None
    fault: str = ""
    counts: Counts | None = None
    """Where there are an answer and a truth."""
    reading: Reading = field(default_factory=lambda: Reading(""))
    """What was read in the answer."""
    differences: Differences = ()
    fields: tuple[ScreenField, ...] = ()
    """Of a record: those that have a true value."""

    @property
    def raw(self) -> str:
        """The answer as it came, where that is not what was read; else empty."""
        return self.answer.text if self.answer and self.answer.text != self.reading.value else ""

    @property
    def cer(self) -> float | None:
        """Of this one answer; a record's is the mean over its fields."""
        if self.fields:
            return fmean(CER.of([one.counts]) for one in self.fields)
        return CER.of([self.counts]) if self.counts else None


def cell(question: ScreenQuestion, said: Answer | NoAnswer, scoring: Scoring) -> ScreenAnswer:
    """Reads an answer, and scores it where the truth is known."""
    if isinstance(said, NoAnswer):
        return ScreenAnswer(None, said.reason)
    if question.sample is None:
        return ScreenAnswer(said, reading=scoring.reader(said.text))
    (one,) = scoring.scored([question.sample], [said])
    if not one.parts:
        return ScreenAnswer(said, "", one.counts, one.reading, _differences(one, scoring.chain))
    fields = [
        ScreenField(part.sample.field, part.reading, part.counts, _differences(part, scoring.chain))
        for part in one.parts
    ]
    return ScreenAnswer(said, "", one.counts, one.reading, fields=tuple(fields))


def _differences(one: Scored, chain: Chain) -> Differences:
    from promptfit.report.differences import runs

    texts = compared(one.expected, one.reading.value, one.sample.kind, chain)
    return () if one.counts.exact else tuple(runs(*texts))


def _accepted(sample: Sample) -> str:
    return " / ".join(sample.truths)
