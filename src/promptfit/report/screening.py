"""What a screening is: questions about one to three images, what each answerer said, and what the person thinks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from statistics import fmean

from promptfit.report.screen_cells import ScreenAnswer, ScreenQuestion
from promptfit.score.metrics import CER
from promptfit.support.grouped_by import grouped_by
from promptfit.types import Answer

WORTH, NOT_WORTH, UNDECIDED = "worth it", "not worth it", "undecided"
VERDICTS = (WORTH, NOT_WORTH, UNDECIDED)


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
        """Pooled over the answers whose truth is known, but for records; None where there are none."""
        counts = [cell.counts for cell in self.cells if cell.counts and not cell.fields]
        return CER.of(counts) if counts else None

    @property
    def record_cer(self) -> float | None:
        """Of records: the mean over their fields, each pooled; None where there are none."""
        fields = grouped_by((one for cell in self.cells for one in cell.fields), lambda one: one.field)
        return fmean(CER.of(one.counts for one in own) for own in fields.values()) if fields else None

    def figures(self) -> dict[str, float]:
        """Sums over the answers, and the CERs where they are known."""
        sums = {
            "answers": float(len(self.answers)),
            "failed": float(self.failed),
            "seconds": sum(answer.seconds for answer in self.answers),
            "tokens_in": float(sum(answer.tokens_in for answer in self.answers)),
            "tokens_out": float(sum(answer.tokens_out for answer in self.answers)),
            "cost": sum(answer.cost for answer in self.answers),
        }
        cers = {"cer": self.cer, "record_cer": self.record_cer}
        return sums | {name: value for name, value in cers.items() if value is not None}


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
