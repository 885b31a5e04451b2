"""The arms of the comparison of strategies, and what each would have ended with after so many requests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.jobs import Way
from benchmarks.scripted import author_of, configured
from benchmarks.stated import search_rules
from promptfit.answer.answerer import Answerer
from promptfit.evaluate.scoring import Scoring
from promptfit.generate.generator import Generator
from promptfit.search.budget import Budget
from promptfit.search.objective import Objective
from promptfit.types import Field, Prompt, Sample, Score, Trial

OURS = ("feedback", "textgrad", "gepa", "edits")
PLAIN = ("plain textgrad", "plain gepa")
ARMS = (*OURS, *PLAIN)

Samples = Mapping[Field, Sequence[Sample]]


def run(arm: str, answerer: Answerer, samples: Samples, generator: Generator, budget: int, seed: int) -> dict[str, Way]:
    """Runs one arm once.

    Args:
        arm: One of ``ARMS``.
        answerer: The VLM under test.
        samples: Each field's search samples.
        generator: Who is asked for prompts.
        budget: Logical requests a field.
        seed: Seed of all that the arm draws.

    Returns:
        By the field's name, the best prompts as they took each other's place; the last is the final one.
    """
    if arm in OURS:
        ways = _ours(arm, answerer, samples, generator, budget, seed)
    else:
        from benchmarks import plain_gepa, plain_textgrad

        plain = plain_textgrad if arm == "plain textgrad" else plain_gepa
        ways = plain.run(answerer, samples, generator, budget, seed, Scoring())
    return {field.name: way for field, way in ways.items()}


def _ours(
    name: str, answerer: Answerer, samples: Samples, generator: Generator, budget: int, seed: int
) -> dict[Field, Way]:
    """One of our strategies, as `promptfit search` runs it."""
    purse = Budget(budget * len(samples), samples)
    watch = Incumbents(purse)
    objective = Objective(answerer, samples, Scoring(), purse, watch, search_rules(), seed)
    author = author_of(generator, samples, seed)  # edits asks it nothing
    configured(f"strategy/{name}").search(objective, author)
    objective.confirm()
    for field in samples:  # what `promptfit search` would write: a sample may have grown since, or the start may stay
        if leader := objective.leading(field):
            watch.ways.setdefault(field, []).append((purse.spent(field), leader.text))
    return watch.ways


class Incumbents:
    """A recorder that notes each field's best finished prompt, and what the field had spent when it was found."""

    def __init__(self, budget: Budget) -> None:
        self.ways: dict[Field, Way] = {}
        self._budget = budget
        self._best: dict[Field, tuple[float, int, str]] = {}

    def trial(self, trial: Trial, split: str = "") -> None:
        """Trials of one race arrive when it is over: they stand at its end."""
        standing = (trial.score.cer, len(trial.prompt.text), trial.prompt.text)
        if trial.finished and standing < self._best.get(trial.field, (float("inf"), 0, "")):
            self._best[trial.field] = standing
            self.ways.setdefault(trial.field, []).append((self._budget.spent(trial.field), trial.prompt.text))

    def metrics(self, values: Mapping[str, float], step: int | None = None) -> None:
        """Not kept."""

    def table(self, name: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
        """Not kept."""

    def artifact(self, path: Path) -> None:
        """Not kept."""

    def winner(self, field: Field, prompt: Prompt, score: Score) -> None:
        """Not kept."""
