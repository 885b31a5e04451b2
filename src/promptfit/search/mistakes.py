"""What a generator is told of trials: figures, and the worst answers with their character differences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from promptfit.score.metrics import CER, Metric
from promptfit.support.enumerated import shortened
from promptfit.types import Scored, Trial

LONGEST = 300
"""Characters of an answer that are shown: a runaway answer would fill the generator's context."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """One wrong answer."""

    expected: str
    answered: str
    """What was read in the answer."""
    raw: str = ""
    """The answer as it came, where it is more than that."""

    @property
    def diff(self) -> str:
        """The answer with ``[-missing-]`` and ``{+added+}`` characters marked, as wdiff does for words."""
        from rapidfuzz.distance import Levenshtein

        parts = []
        for step in Levenshtein.opcodes(self.expected, self.answered):
            lost = self.expected[step.src_start : step.src_end]
            added = self.answered[step.dest_start : step.dest_end]
            changed = (f"[-{lost}-]" if lost else "") + (f"{{+{added}+}}" if added else "")
            parts.append(lost if step.tag == "equal" else changed)
        return "".join(parts)

    def __str__(self) -> str:
        whole = f" | the whole answer: {self.raw!r}" if self.raw else ""
        return f"expected: {self.expected!r} | answered: {self.answered!r} | diff: {self.diff!r}{whole}"


def mistakes(scored: Sequence[Scored], count: int, metric: Metric = CER) -> list[Mistake]:
    """Returns the worst wrong answers: the most loss a weight first, then most edits a character; no pair twice."""
    wrong = [one for one in scored if metric.units(one.counts)[0]]
    wrong.sort(key=lambda one: (_badness(one, metric), _badness(one, CER)), reverse=True)
    pairs = dict.fromkeys(_mistake(one.sample.answer, one.reading.value, one.raw) for one in wrong)
    return list(pairs)[:count]


def describe(trial: Trial, metric: Metric = CER) -> str:
    """One line on a trial: its text, what it is searched by, its CER, and whether it was stopped early."""
    score = trial.score
    first = "" if metric is CER else f"{metric.title} {metric.told(score.values)}, "
    seen = f"{score.values['exact']:.0%} of {score.samples} answers exact"
    stopped = "" if trial.finished else ", stopped early"
    return f"{first}CER {score.cer:.4f}, {seen}{stopped}: <prompt>{shortened(trial.prompt.text, 2000)}</prompt>"


def _mistake(*texts: str) -> Mistake:
    return Mistake(*(shortened(text, LONGEST) for text in texts))


def _badness(one: Scored, metric: Metric) -> float:
    loss, weight = metric.units(one.counts)
    return loss / max(1, weight)
