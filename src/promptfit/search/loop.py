"""What a strategy is, and the loop that strategies share which propose prompts field by field."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

from promptfit.generate.author import Author
from promptfit.search.history import History
from promptfit.search.objective import Objective
from promptfit.types import Field, Prompt


class Strategy(Protocol):
    """A technique of searching. It sees the search split only, through the objective."""

    def search(self, objective: Objective, author: Author) -> None:
        """Has prompts of all fields tried, within the objective's budget; leaders may still be measured roughly.

        Args:
            objective: Scores prompts, and knows what each field starts from.
            author: Asks the generator, within its own limits.
        """

    def calls(self, requests: int) -> int:
        """Returns the generator calls of one field, at most, in a search of so many requests a field."""


class Proposer(Protocol):
    """One field's source of prompts: the null generator's edits, or a large model that is shown the mistakes."""

    def propose(self, history: History) -> list[Prompt]:
        """Returns the next prompts to try; none when there is nothing left to try."""


def search_in_rounds(
    objective: Objective, proposers: Mapping[Field, Proposer], patience: int, workers: int = 1
) -> None:
    """All fields in lockstep: in each round every proposer gives a few prompts, and one race runs them all.

    A field leaves when its budget can't finish another prompt, when its leader can't be bettered by more than the
    rules' indifference on as many documents as the budget pays for, when its proposer has nothing left, or after
    ``patience`` rounds without a new leader.

    Args:
        objective: Scores the prompts.
        proposers: One a field.
        patience: Rounds without a better prompt after which a field is done.
        workers: Proposers that may be at work at once; each waits for its own generator.
    """
    waited = dict.fromkeys(proposers, 0)
    iteration = 0
    while True:
        objective.grow()
        batch = _propose(objective, {f: p for f, p in proposers.items() if waited[f] < patience}, workers)
        if not batch:
            return
        before = {field: objective.leading(field) for field in batch}
        objective.evaluate(batch, iteration)
        for field in proposers:
            better = field in batch and objective.leading(field) != before[field]
            waited[field] = 0 if better else waited[field] + 1
        objective.report(iteration)
        iteration += 1


def _propose(objective: Objective, proposers: Mapping[Field, Proposer], workers: int) -> dict[Field, list[Prompt]]:
    """What each field tries next. All see the state before the round, so that it does not matter who is faster."""
    histories = {field: objective.history(field) for field in proposers if objective.worthwhile(field)}
    if workers == 1:  # in this thread: a person at the terminal may be asked
        proposed = {field: proposers[field].propose(history) for field, history in histories.items()}
    else:
        pool = ThreadPoolExecutor(workers, "propose")
        try:
            jobs = {field: pool.submit(proposers[field].propose, history) for field, history in histories.items()}
            proposed = {field: job.result() for field, job in jobs.items()}
        finally:  # after a fault nobody else is asked; what is under way is paid for, and waited for
            pool.shutdown(cancel_futures=True)
    return {field: prompts for field, prompts in proposed.items() if prompts}
