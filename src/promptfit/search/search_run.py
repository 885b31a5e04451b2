"""A whole search: split the budget, let the strategy search, measure each field's one winner on the holdout, once."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from promptfit.answer.answerer import Answerer
from promptfit.data.grouping import by_field
from promptfit.evaluate.ask import measure
from promptfit.evaluate.obtained import Obtained
from promptfit.evaluate.scoring import Scoring
from promptfit.generate.author import Author
from promptfit.score.metrics import CER, Metric, means, measured
from promptfit.search.budget import Budget
from promptfit.search.loop import Strategy
from promptfit.search.objective import Objective
from promptfit.search.search_rules import SearchRules
from promptfit.support.console.progress import Progress
from promptfit.support.enumerated import some
from promptfit.types import Field, Prompt, PromptfitError, Recorder, Sample, Score, Trial

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class FieldResult:
    """What the search found for one field."""

    field: Field
    prompt: Prompt
    """The winner: the least loss on the whole search split, then the shortest text, then text order."""
    search: Score
    holdout: Score | None
    """The winner's score on the holdout, measured once; None where the field has no holdout sample."""
    trials: tuple[Trial, ...]
    requests: int
    """Logical requests spent on the search split."""
    samples: int
    """Search samples that a finished prompt was asked of."""
    documents: int
    """Documents that these are of."""
    of: int
    """Documents that the search split has of the field."""

    @property
    def winner(self) -> Trial:
        """The winner's trial."""
        return next(trial for trial in self.trials if trial.prompt.text == self.prompt.text)

    @property
    def proposed(self) -> int:
        """Distinct prompts that were proposed and asked."""
        return len(self.trials)


@dataclass(frozen=True, slots=True)
class SearchResult:
    """What a search found, and what it spent."""

    fields: tuple[FieldResult, ...]
    leaked: int = 0
    """Prompts that were rejected because they gave a true answer away."""
    metric: Metric = CER
    """What the search was for."""

    @property
    def requests(self) -> int:
        """Logical requests spent on the search split."""
        return sum(one.requests for one in self.fields)

    @property
    def full_requests(self) -> int:
        """Requests that all proposed prompts would have taken on all search samples, without a race."""
        return sum(one.proposed * one.samples for one in self.fields)

    def figures(self) -> dict[str, float]:
        """Returns the search's metrics: means over fields, requests, prompts, and what the race left to spend."""
        figures = {
            "requests": float(self.requests),
            "proposed": float(sum(one.proposed for one in self.fields)),
            "share_of_full": self.requests / self.full_requests,
            "leaked": float(self.leaked),
        }
        held = means([one.holdout for one in self.fields if one.holdout])
        for part, values in (("search", means([one.search for one in self.fields])), ("holdout", held)):
            figures |= {f"{one.name}_{part}": values[one.name] for one in measured(self.metric) if values}
        return figures


def run_search(
    splits: Mapping[str, Sequence[Sample]],
    answerer: Answerer,
    strategy: Strategy,
    author: Author,
    budget: int,
    recorder: Recorder,
    scoring: Scoring,
    rules: SearchRules,
    seed: int = 0,
    system: str = "",
    start: Mapping[Field, Sequence[Prompt]] | None = None,
    metric: Metric = CER,
    obtained: Obtained | None = None,
) -> SearchResult:
    """Searches a prompt for every field of the search split.

    Deterministic in the arguments and the answers: over kept answers it replays to the same result. A KeyboardInterrupt
    passes through once the bar is closed; what was answered is the answerer's to keep.

    Args:
        splits: Samples by split, as ``data.split.split`` gives them; ``search`` and ``holdout`` are read.
        answerer: The VLM under test, usually a ``CachedAnswerer``.
        strategy: The technique.
        author: Asks the generator.
        budget: Logical requests of the whole search (about 400 a field is usual), shared evenly by the fields.
        recorder: Receives trials, metrics of the rounds and of the whole, and the winners.
        scoring: How answers are read and compared.
        rules: When a prompt stops early, and what is worth asking for.
        seed: Seed of every random choice.
        system: The configuration's system prompt, never searched.
        start: Prompts that fields start from.
        metric: What prompts are compared by.
        obtained: Keeps the books; above its share of missing documents nothing more is proposed.

    Returns:
        One result a field, in the order in which the fields first appear.

    Raises:
        PromptfitError: No search samples, a budget too small, or answers that could not be obtained.
    """
    samples = by_field(splits.get("search", ()))
    if not samples:
        raise PromptfitError("the data set has no samples in its search split; check its column split")
    purse, obtained = Budget(budget, samples), obtained or Obtained()
    obtained.expect(splits.get("holdout", ()))
    with Progress(budget) as progress:
        how = (scoring, purse, recorder, rules, seed, system, progress, start, metric, obtained)
        objective = Objective(answerer, samples, *how)
        strategy.search(objective, author)
        objective.confirm()
    winners = {field: trial for field in samples if (trial := objective.leader(field))}
    if lost := [field.name for field in samples if field not in winners]:
        log.warning("no prompt could be finished for %s: the collection has no row of them", ", ".join(lost))
    if not winners and objective.leaks:
        raise PromptfitError(
            "no prompt was found for any field: one that has true answers in it says nothing of other documents, so "
            f"it is not asked. Take them out: {some(objective.leaks, '; ')}"
        )
    if not winners:
        told = "; ".join(obtained.lines()) or "the generator proposed none that can be used"
        raise PromptfitError(f"no prompt was found for any field: {told}")
    prompts = {field: trial.prompt for field, trial in winners.items()}
    holdout = by_field(splits.get("holdout", ()))
    on_holdout = measure(prompts, holdout, answerer, scoring, seed, system, metric=metric, obtained=obtained)
    held = {trial.field: trial.score for trial in on_holdout}
    for trial in on_holdout:
        recorder.trial(trial, "holdout")
    for field, trial in winners.items():
        recorder.winner(field, trial.prompt, held.get(field, trial.score))
    result = SearchResult(
        tuple(
            FieldResult(
                field,
                trial.prompt,
                trial.score,
                held.get(field),
                tuple(objective.trials(field)),
                purse.spent(field),
                len(objective.samples(field)),
                *objective.documents(field),
            )
            for field, trial in winners.items()
        ),
        leaked=len(objective.leaks),
        metric=metric,
    )
    recorder.metrics(result.figures() | obtained.figures())
    return result
