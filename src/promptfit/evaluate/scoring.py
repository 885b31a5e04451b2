"""How answers become counts: read, normalised, and compared with the truth."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from promptfit.evaluate.record_reading import fields_read, is_faithful, read_record
from promptfit.readers.steps import Reader
from promptfit.score.cer import count
from promptfit.score.nearest import nearest
from promptfit.score.normalize import Chain
from promptfit.score.record_counts import record_counts
from promptfit.types import Answer, Counts, Sample, Scored


@dataclass(frozen=True, slots=True)
class Scoring:
    """The reader of answers, and the normalisation of truths and of what was read."""

    chain: Chain = field(default_factory=Chain)
    reader: Reader = field(default_factory=Reader)

    def scored(self, samples: Sequence[Sample], answers: Sequence[Answer]) -> list[Scored]:
        """Scores one answer a sample; a record's by its fields, all of which were read in the one answer."""
        read = [self._read(*one) for one in zip(samples, answers, strict=True)]
        fields = [part for own in read for part in own.fields]
        counts = iter(recount(fields, [one.reading.value for one in fields], self.chain))
        return [self._counted(one, counts) for one in read]

    def _read(self, sample: Sample, answer: Answer) -> Scored:
        """What is read, before anything is counted."""
        if sample.record is None:
            return Scored(sample, answer, self.reader(answer.text), _NOTHING)
        if not sample.field.is_record:
            read = fields_read(sample.record.keys, answer.text, self.reader)
            return Scored(sample, answer, read[sample.field.key], _NOTHING)
        reading, fields = read_record(sample.record, answer.text, self.reader)
        pairs = zip(sample.record.samples, fields, strict=True)
        return Scored(
            sample, answer, reading, _NOTHING, tuple(Scored(own, answer, one, _NOTHING) for own, one in pairs)
        )

    def _counted(self, one: Scored, counts: Iterator[Counts]) -> Scored:
        """The same with its counts, which are the next ones."""
        if not one.parts or one.sample.record is None:
            return replace(one, counts=next(counts), nearest=self._nearest(one))
        parts = tuple(self._counted(part, counts) for part in one.parts)
        whole = record_counts([part.counts for part in parts], one.sample.record.weights, is_faithful(one.reading))
        return replace(one, counts=whole, parts=parts)

    def _nearest(self, one: Scored) -> str | None:
        sample = one.sample
        return nearest(sample.truths, one.reading.value, sample.kind, self.chain) if sample.accepted else None


def recount(fields: Sequence[Scored], values: Sequence[str], chain: Chain) -> list[Counts]:
    """The counts of these values against the true answers of fields: what if that had been read, or with that chain."""
    samples = [one.sample for one in fields]
    truths, kinds = [one.answer for one in samples], [one.kind for one in samples]
    return count(truths, values, chain, kinds, [one.accepted for one in samples])


_NOTHING = Counts({})
