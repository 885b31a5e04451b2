"""What a generator is told of trials: figures, and the worst answers with their character differences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

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


def mistakes(scored: Sequence[Scored], count: int) -> list[Mistake]:
    """Returns the worst wrong answers: most edits a true character first, no pair twice."""
    wrong = sorted((one for one in scored if one.counts.edits), key=_badness, reverse=True)
    pairs = dict.fromkeys(Mistake(_cut(one.sample.answer), _cut(one.reading.value), _cut(one.raw)) for one in wrong)
    return list(pairs)[:count]


def describe(trial: Trial) -> str:
    """One line on a trial: its text, CER, and whether it was stopped early."""
    score = trial.score
    seen = f"{score.exact:.0%} of {score.samples} answers exact" + ("" if trial.finished else ", stopped early")
    return f"CER {score.cer:.4f}, {seen}: <prompt>{_cut(trial.prompt.text, 2000)}</prompt>"


def _badness(one: Scored) -> float:
    return one.counts.edits / max(1, one.counts.chars)


def _cut(text: str, longest: int = LONGEST) -> str:
    return text if len(text) <= longest else text[:longest] + "…"
