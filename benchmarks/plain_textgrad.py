"""The `textgrad` package as its own documentation drives it, on the same samples, with the same answerer and generator.

This follows its tutorial of prompt optimisation (``Tutorial-Prompt-Optimization.ipynb``): the answerer is a
``BlackboxLLM`` whose system prompt is the variable, a sample is its query, a string-based function compares prediction
and truth; three shuffled samples a step, ``textgrad.sum`` of their losses, ``backward``, ``step``, and after every step
the whole validation set, to put the old prompt back where the new one is worse. Where the tutorial would end with an
IndexError (no tags in the optimizer's reply), this goes on with the next batch.
"""

from __future__ import annotations

import itertools
import random
import threading
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from promptfit.answer.answerer import Answerer
from promptfit.evaluate.ask import ask
from promptfit.evaluate.scoring import Scoring
from promptfit.generate.generator import Generator, Message
from promptfit.score.cer import count
from promptfit.search.strategies.textgrad.gradient_step import GeneratorEngine, StringBasedFunction, textgrad
from promptfit.types import Field, Prompt, Sample, Scored

BATCH = 3
"""The tutorial's batch size."""
ROLE = "prompt to a vision-language model that reads one field of a document image"
PURPOSE = "The runtime of string-based function that counts the wrong characters of the prediction."

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
        samples_by_field: Each field's samples: the training set, and the validation set too.
        generator: Who gives feedback and new prompts.
        budget_per_field: Requests to the answerer that a field may take, those of training and of validation.
        seed: Seed of the batches.
        scoring: How answers are read and compared.

    Returns:
        For each field the prompt that it would end with, after so many requests; the last is the final one.
    """
    NUMBERS.next = itertools.count()
    return {
        field: Tutorial(answerer, samples, generator, f"{seed} {field.name}", scoring).optimise(budget_per_field)
        for field, samples in samples_by_field.items()
    }


class Numbers(threading.local):
    """Every thread's own numbers: runs side by side don't number each other's variables."""

    def __init__(self) -> None:
        self.next = itertools.count()


NUMBERS = Numbers()


def number(variable: Any) -> int:
    """A hash of a variable: the order in which its run made it, not its address in memory.

    The package keeps gradients in sets, and writes them into its messages in the set's order: with addresses, no two
    runs of the same seed would ask the same.
    """
    return int(vars(variable).setdefault("number", next(NUMBERS.next)))


textgrad.Variable.__hash__ = number


class Tutorial:
    """The tutorial's loop for one field; counts the requests to the answerer."""

    def __init__(
        self, answerer: Answerer, samples: Sequence[Sample], generator: Generator, seed: str, scoring: Scoring
    ) -> None:
        self.answerer, self.generator, self.scoring = answerer, generator, scoring
        self.queries = {f"{number} {sample.image.name}": sample for number, sample in enumerate(samples)}
        self.random = random.Random(seed)
        self.requests = 0
        self.asked: Counter[tuple[str, str]] = Counter()
        start = Counter(sample.question for sample in samples).most_common(1)[0][0]
        self.prompt = textgrad.Variable(start, requires_grad=True, role_description=ROLE)
        self.model = textgrad.BlackboxLLM(GeneratorEngine("answerer", self._answer), self.prompt)
        self.engine = GeneratorEngine(generator.name, self._generate)

    def optimise(self, budget: int) -> Trajectory:
        """Steps until the budget can't pay for another batch and its validation."""
        optimizer = textgrad.TextualGradientDescent(engine=self.engine, parameters=[self.prompt])
        best = self._validate()
        path = [(self.requests, self.prompt.value)]
        batches = self._batches()
        while self.requests + BATCH + len(self.queries) <= budget:
            before = self.prompt.value
            optimizer.zero_grad()
            textgrad.sum([self._loss(query) for query in next(batches)]).backward(self.engine)
            try:
                optimizer.step()
            except IndexError:
                continue
            cer = self._validate()
            if cer > best:
                self.prompt.set_value(before)
            best = min(best, cer)
            path.append((self.requests, self.prompt.value))
        return path

    def _batches(self) -> Iterator[list[str]]:
        """The tutorial's loader: all samples in a new order each epoch, three at a time."""
        while True:
            order = list(self.queries)
            self.random.shuffle(order)
            yield from (order[start : start + BATCH] for start in range(0, len(order), BATCH))

    def _loss(self, query: str) -> Any:
        """One sample's loss: the model's answer beside the truth, and the edits between them."""
        sample = self.queries[query]
        asked = textgrad.Variable(query, requires_grad=False, role_description="query to the language model")
        truth = textgrad.Variable(sample.answer, requires_grad=False, role_description="correct answer for the query")
        return StringBasedFunction(self._compare, PURPOSE)(
            inputs={"prediction": self.model(asked), "ground_truth_answer": truth}
        )

    def _compare(self, prediction: Any, ground_truth_answer: Any) -> str:
        (counts,) = count([ground_truth_answer.value], [prediction.value], self.scoring.chain)
        return f"{counts.edits} wrong characters"

    def _validate(self) -> float:
        """The CER of the prompt on all samples."""
        scored = self._ask(list(self.queries.values()), self.prompt.value)
        return sum(one.counts.edits for one in scored) / sum(one.counts.chars for one in scored)

    def _answer(self, prompt: str, query: str) -> str:
        return self._ask([self.queries[query]], prompt)[0].reading.value

    def _ask(self, samples: Sequence[Sample], prompt: str) -> list[Scored]:
        self.requests += len(samples)
        return ask(self.answerer, [(Prompt(prompt), sample) for sample in samples], self.scoring)

    def _generate(self, system: str, text: str) -> str:
        draw = self.asked[system, text]
        self.asked[system, text] += 1
        return self.generator.complete([Message("system", system), Message("user", text)], draw).text
