"""What is measured on `test`, once: the chosen prompts, the best single label's and the mix's, and the baselines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from promptfit.answer.answerer import Answerer
from promptfit.evaluate.alike import alike
from promptfit.evaluate.ask import Seen, measure, nothing
from promptfit.evaluate.obtained import Obtained
from promptfit.evaluate.overall import Overall, overall, strata
from promptfit.evaluate.scoring import Scoring
from promptfit.score.macro import macro_change
from promptfit.score.metrics import CER, Metric
from promptfit.types import Field, Prompt, Sample, Trial

Prompts = Mapping[Field, str]


@dataclass(frozen=True, slots=True)
class Gain:
    """What the chosen prompts take off a baseline, on the fields that it has."""

    baseline: Overall
    chosen: Overall
    trials: Mapping[Field, Trial]
    """The baseline's."""
    change: float
    """The chosen prompts' macro CER minus the baseline's; below 0 is a gain."""
    low: float
    high: float
    """Ends of its paired 95 % interval; NaN where there is none."""


class TestSplit:
    """Asks collections of `test`; what two of them have in common is asked once.

    Attributes:
        requests: Logical requests so far.

    Args:
        samples: The split's samples by field.
        answerer: The VLM under test, usually with kept answers.
        scoring: How answers are read and compared.
        seed: Seed of the intervals.
        system: The configuration's system prompt.
        seen: Called as each answer arrives.
        metric: What else than the CER has an interval.
        obtained: Keeps the books.
    """

    __test__ = False  # no test, whatever its name

    def __init__(
        self,
        samples: Mapping[Field, Sequence[Sample]],
        answerer: Answerer,
        scoring: Scoring,
        seed: int = 0,
        system: str = "",
        seen: Seen = nothing,
        metric: Metric = CER,
        obtained: Obtained | None = None,
    ) -> None:
        self.requests = 0
        self._samples, self._answerer, self._scoring = samples, answerer, scoring
        self._seed, self._system, self._seen, self._metric = seed, system, seen, metric
        self._obtained = obtained or Obtained()
        self._trials: dict[tuple[Field, str], Trial] = {}

    def measure(self, prompts: Prompts) -> dict[Field, Trial]:
        """A finished trial for every field that has samples here."""
        new = {field: Prompt(text, "select") for field, text in prompts.items() if (field, text) not in self._trials}
        how = (self._answerer, self._scoring, self._seed, self._system, self._seen, self._metric, self._obtained)
        for trial in measure(new, self._samples, *how):
            self._trials[trial.field, trial.prompt.text] = trial
            self.requests += trial.requests
        return {f: self._trials[f, text] for f, text in prompts.items() if (f, text) in self._trials}

    def gain(self, baseline: Prompts, chosen: Mapping[Field, Trial]) -> Gain | None:
        """Compares the chosen prompts with a baseline; None where they have no field in common."""
        before = {field: trial for field, trial in self.measure(baseline).items() if field in chosen}
        if not before:
            return None
        scored = alike(*({field: trials[field].scored for field in before} for trials in (before, chosen)))
        if not scored[0]:
            return None
        change, low, high = macro_change(strata(scored[0]), strata(scored[1]), self._seed)
        old, new = (overall(one, self._seed, self._metric) for one in scored)
        return Gain(old, new, before, change, low, high)
