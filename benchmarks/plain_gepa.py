"""The `gepa` package as its own documentation drives it, on the same samples, with the same answerer and generator.

This follows the quick start of its README: ``gepa.optimize`` with a seed prompt, the shuffled samples halved into train
set and validation set as its ``init_dataset`` does, ``max_metric_calls``, a reflection model, and its defaults for the
rest. The adapter says what its ``DefaultAdapter`` says: input, answer, and whether that is correct. A sample's score is
1 - edits / length of the longer text, so that 1 is perfect, and nearly right is better than wrong.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, cast

import gepa
from gepa import EvaluationBatch, GEPAAdapter

from promptfit.answer.answerer import Answerer
from promptfit.evaluate.ask import ask
from promptfit.evaluate.scoring import Scoring
from promptfit.generate.generator import Generator, Message
from promptfit.search.strategies.gepa.adapter import Log
from promptfit.types import Field, Prompt, Sample, Scored

COMPONENT = "system_prompt"

Trajectory = list[tuple[int, str]]


def run(
    answerer: Answerer,
    samples_by_field: Mapping[Field, Sequence[Sample]],
    generator: Generator,
    budget_per_field: int,
    seed: int,
    scoring: Scoring,
) -> dict[Field, Trajectory]:
    """Optimises every field's prompt, which starts as the data set's own question.

    Args:
        answerer: The VLM under test.
        samples_by_field: Each field's samples; train set and validation set are made of them.
        generator: The reflection model.
        budget_per_field: ``max_metric_calls``. GEPA ends the round in which it is reached; what it finds beyond the
            budget does not count.
        seed: Seed of the split and of GEPA.
        scoring: How answers are read and compared.

    Returns:
        For each field the prompt that it would end with, after so many requests; the last is the final one.
    """
    return {
        field: QuickStart(answerer, samples, generator, scoring).optimise(budget_per_field, seed)
        for field, samples in samples_by_field.items()
    }


class QuickStart(GEPAAdapter[Sample, Scored, str]):
    """The README's example for one field; counts the requests to the answerer."""

    def __init__(self, answerer: Answerer, samples: Sequence[Sample], generator: Generator, scoring: Scoring) -> None:
        self.answerer, self.samples, self.generator, self.scoring = answerer, samples, generator, scoring
        self.requests = 0
        self.path: Trajectory = []
        self.fault: Exception | None = None
        self.asked: Counter[str] = Counter()

    def optimise(self, budget: int, seed: int) -> Trajectory:
        """Runs the package until its budget is used up."""
        data = list(self.samples)
        random.Random(seed).shuffle(data)
        start = Counter(sample.question for sample in data).most_common(1)[0][0]
        gepa.optimize(
            seed_candidate={COMPONENT: start},
            trainset=data[: len(data) // 2],
            valset=data[len(data) // 2 :],
            adapter=self,
            max_metric_calls=budget,
            reflection_lm=self._reflect,
            seed=seed,
            logger=Log(),
            callbacks=[cast(Any, self)],  # it may implement any of its methods
        )
        if self.fault:  # GEPA logs it and goes on without a proposal: that would be no fair run
            raise self.fault
        return [(requests, prompt) for requests, prompt in self.path if requests <= budget]

    def evaluate(
        self, batch: list[Sample], candidate: dict[str, str], capture_traces: bool = False
    ) -> EvaluationBatch[Scored, str]:
        """Asks the answerer; every sample is a request."""
        self.requests += len(batch)
        prompt = Prompt(candidate[COMPONENT])
        scored = ask(self.answerer, [(prompt, sample) for sample in batch], self.scoring)
        return EvaluationBatch([one.reading.value for one in scored], [self._score(one) for one in scored], scored)

    def make_reflective_dataset(
        self,
        candidate: dict[str, str],
        eval_batch: EvaluationBatch[Scored, str],
        components_to_update: list[str],
    ) -> dict[str, list[dict[str, str]]]:
        """One record a sample, in the words of GEPA's ``DefaultAdapter``."""
        return {COMPONENT: [self._record(one) for one in eval_batch.trajectories or ()]}

    def on_valset_evaluated(self, event: Mapping[str, Any]) -> None:
        """GEPA's callback: the best candidate so far is what it would end with."""
        if event["is_best_program"]:
            self.path.append((self.requests, event["candidate"][COMPONENT]))

    def _score(self, one: Scored) -> float:
        longer = max(len(self.scoring.chain(one.sample.answer)), len(self.scoring.chain(one.reading.value)), 1)
        return 1 - one.counts.edits / longer

    def _record(self, one: Scored) -> dict[str, str]:
        truth = one.sample.answer
        wrong = (
            f"The generated response is incorrect. The correct answer is '{truth}'. "
            "Ensure that the correct answer is included in the response exactly as it is."
        )
        right = f"The generated response is correct. The response include the correct answer '{truth}'"
        feedback = wrong if one.counts.edits else right
        return {"Inputs": one.sample.question, "Generated Outputs": one.reading.value, "Feedback": feedback}

    def _reflect(self, prompt: str | list[dict[str, Any]]) -> str:
        draw = self.asked[str(prompt)]
        self.asked[str(prompt)] += 1
        try:
            return self.generator.complete([Message("user", str(prompt))], draw).text
        except Exception as fault:
            self.fault = fault
            raise
