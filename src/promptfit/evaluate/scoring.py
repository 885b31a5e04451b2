"""How answers become counts: read, normalised, and compared with the truth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from promptfit.readers.steps import Reader
from promptfit.score.cer import count
from promptfit.score.normalize import Chain
from promptfit.types import Answer, Sample, Scored


@dataclass(frozen=True, slots=True)
class Scoring:
    """The reader of answers, and the normalisation of truths and of what was read."""

    chain: Chain = field(default_factory=Chain)
    reader: Reader = field(default_factory=Reader)

    def scored(self, samples: Sequence[Sample], answers: Sequence[Answer]) -> list[Scored]:
        """Scores one answer a sample."""
        readings = [self.reader(answer.text) for answer in answers]
        truths, kinds = [sample.answer for sample in samples], [sample.kind for sample in samples]
        counts = count(truths, [one.value for one in readings], self.chain, kinds)
        return [Scored(*one) for one in zip(samples, answers, readings, counts, strict=True)]
