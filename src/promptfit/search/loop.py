"""What a strategy is, and the loop that strategies share which propose prompts field by field."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from promptfit.search.budget import Budget
from promptfit.search.objective import History, Objective
from promptfit.types import Field, Prompt, Trial


class Strategy(Protocol):
    """A technique of searching. It sees the search split only, through the objective."""

    def search(self, objective: Objective, budget: Budget) -> list[Trial]:
        """Spends at most the budget, and returns all trials of all fields."""


class Proposer(Protocol):
    """One field's source of prompts: the null generator's edits, or a large model that is shown the mistakes."""

    def propose(self, history: History) -> list[Prompt]:
        """Returns the next prompts to try; none when there is nothing left to try."""


def search_in_rounds(objective: Objective, proposers: Mapping[Field, Proposer], patience: int) -> list[Trial]:
    """All fields in lockstep: in each round every proposer gives a few prompts, and one race runs them all.

    A field leaves when its budget can't finish another prompt, when its leader can't be bettered by more than the
    racing's indifference, when its proposer has nothing left, or after ``patience`` rounds without a new leader.

    Args:
        objective: Scores the prompts.
        proposers: One a field.
        patience: Rounds without a better prompt after which a field is done.

    Returns:
        All trials, field by field.
    """
    waited = dict.fromkeys(proposers, 0)
    iteration = 0
    while batch := _propose(objective, {f: p for f, p in proposers.items() if waited[f] < patience}):
        before = {field: objective.leader(field) for field in batch}
        objective.evaluate(batch, iteration)
        for field in proposers:
            better = field in batch and objective.leader(field) is not before[field]
            waited[field] = 0 if better else waited[field] + 1
        objective.report(iteration)
        iteration += 1
    return [trial for field in objective.fields for trial in objective.trials(field)]


def _propose(objective: Objective, proposers: Mapping[Field, Proposer]) -> dict[Field, list[Prompt]]:
    proposed = {f: p.propose(objective.history(f)) for f, p in proposers.items() if objective.worthwhile(f)}
    return {field: prompts for field, prompts in proposed.items() if prompts}
