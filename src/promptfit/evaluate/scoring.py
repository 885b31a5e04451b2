"""How answers become counts: read, normalised, and compared with the truth."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from promptfit.evaluate.record_reading import fields_read, is_faithful, read_record
from promptfit.readers.steps import Reader
from promptfit.score.cer import count
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
        truths, kinds = [one.sample.answer for one in fields], [one.sample.kind for one in fields]
        counts = iter(count(truths, [one.reading.value for one in fields], self.chain, kinds))
        return [_counted(one, counts) for one in read]

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


_NOTHING = Counts({})


def _counted(one: Scored, counts: Iterator[Counts]) -> Scored:
    """The same with its counts, which are the next ones."""
    if not one.parts or one.sample.record is None:
        return replace(one, counts=next(counts))
    parts = tuple(replace(part, counts=next(counts)) for part in one.parts)
    whole = record_counts([part.counts for part in parts], one.sample.record.weights, is_faithful(one.reading))
    return replace(one, counts=whole, parts=parts)
