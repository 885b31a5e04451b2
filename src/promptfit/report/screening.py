"""What a screening is: questions about one to three images, what each answerer said, and what the person thinks."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from promptfit.evaluate.scoring import Scoring
from promptfit.score.metrics import CER
from promptfit.score.values import compared
from promptfit.types import Answer, Counts, NoAnswer, Reading, Sample

WORTH, NOT_WORTH, UNDECIDED = "worth it", "not worth it", "undecided"
VERDICTS = (WORTH, NOT_WORTH, UNDECIDED)


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
    def truth(self) -> str | None:
        """The true answer, or all that are accepted, for people to read; None where it is not known."""
        return " / ".join(self.sample.truths) if self.sample else None


@dataclass(frozen=True, slots=True)
class ScreenAnswer:
    """What one answerer said to one question: an answer, or why there is none."""

    answer: Answer | None
    fault: str = ""
    counts: Counts | None = None
    """Where there are an answer and a truth."""
    reading: Reading = field(default_factory=lambda: Reading(""))
    """What was read in the answer."""
    differences: tuple[tuple[str, str], ...] = ()
    """The runs of ``differences.runs``, where the answer is not the truth."""

    @property
    def raw(self) -> str:
        """The answer as it came, where that is not what was read; else empty."""
        return self.answer.text if self.answer and self.answer.text != self.reading.value else ""

    @property
    def cer(self) -> float | None:
        """Of this one answer."""
        return CER.of([self.counts]) if self.counts else None


@dataclass(frozen=True, slots=True)
class Screened:
    """One answerer, with a cell for every question: ``len(cells) == len(questions)``."""

    answerer: str
    cells: tuple[ScreenAnswer, ...]
    verdict: str = UNDECIDED
    """One of ``VERDICTS``."""
    note: str = ""

    @property
    def answers(self) -> list[Answer]:
        """What was answered."""
        return [cell.answer for cell in self.cells if cell.answer]

    @property
    def failed(self) -> int:
        """Questions without an answer."""
        return len(self.cells) - len(self.answers)

    @property
    def fault(self) -> str:
        """The one reason why there is no answer at all; empty where there are some, or several reasons."""
        reasons = {cell.fault for cell in self.cells}
        return reasons.pop() if not self.answers and len(reasons) == 1 else ""

    @property
    def cer(self) -> float | None:
        """Pooled over the answers whose truth is known; None where there are none."""
        counts = [cell.counts for cell in self.cells if cell.counts]
        return CER.of(counts) if counts else None

    def figures(self) -> dict[str, float]:
        """Sums over the answers, and the CER where it is known."""
        sums = {
            "answers": float(len(self.answers)),
            "failed": float(self.failed),
            "seconds": sum(answer.seconds for answer in self.answers),
            "tokens_in": float(sum(answer.tokens_in for answer in self.answers)),
            "tokens_out": float(sum(answer.tokens_out for answer in self.answers)),
            "cost": sum(answer.cost for answer in self.answers),
        }
        return sums if self.cer is None else {**sums, "cer": self.cer}


@dataclass(frozen=True, slots=True)
class Screening:
    """All of it, as the page shows it."""

    made: datetime
    questions: tuple[ScreenQuestion, ...]
    candidates: tuple[Screened, ...]

    @property
    def images(self) -> list[Path]:
        """The images, in the order in which they are first asked about."""
        return list(dict.fromkeys(question.image for question in self.questions))


def cell(question: ScreenQuestion, said: Answer | NoAnswer, scoring: Scoring) -> ScreenAnswer:
    """Reads an answer, and scores it where the truth is known."""
    from promptfit.report.differences import runs

    if isinstance(said, NoAnswer):
        return ScreenAnswer(None, said.reason)
    if question.sample is None:
        return ScreenAnswer(said, reading=scoring.reader(said.text))
    (one,) = scoring.scored([question.sample], [said])
    texts = compared(one.expected, one.reading.value, question.sample.kind, scoring.chain)
    return ScreenAnswer(said, "", one.counts, one.reading, () if one.counts.exact else tuple(runs(*texts)))
