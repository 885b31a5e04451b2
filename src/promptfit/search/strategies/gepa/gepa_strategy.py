"""GEPA (arXiv 2507.19457) by its own package: prompts evolve by reflection on their mistakes, kept on a Pareto front.

``gepa.optimize`` runs once a field. Its train set is what it reflects on, its validation set what it selects on: two
parts of the field's search samples that share no document. The best of what it found then race on all of them.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed

from promptfit.generate.author import Author
from promptfit.search.objective import Objective
from promptfit.search.strategies.gepa.adapter import Evolution
from promptfit.types import Prompt, PromptfitError


class GepaStrategy:
    """Lets GEPA evolve one prompt a field, all fields side by side.

    Args:
        validation: Share of the field's documents that candidates are selected on; the others are reflected on.
        minibatch: Samples that one reflection sees.
        rounds: Reflections a field, at most; each is one generator call.
        patience: Reflections without a better candidate after which a field is done.
        finalists: Best candidates of the field that race in the end.

    Raises:
        PromptfitError: A figure is out of its range.
    """

    def __init__(self, validation: float, minibatch: int, rounds: int, patience: int, finalists: int) -> None:
        if not 0 < validation < 1:
            raise PromptfitError(f"strategy.validation={validation}: it is a share, more than 0 and less than 1")
        if (least := min(minibatch, rounds, patience, finalists)) < 1:
            raise PromptfitError(
                f"strategy gepa with {least}: minibatch, rounds, patience and finalists are at least 1 each"
            )
        self.validation, self.minibatch, self.rounds = validation, minibatch, rounds
        self.patience, self.finalists = patience, finalists

    def search(self, objective: Objective, author: Author) -> None:
        """See ``Strategy.search``."""
        self._begin(objective)
        stop = threading.Event()
        runs = [Evolution(self, objective, author, field, stop) for field in objective.fields]
        _side_by_side([run for run in runs if objective.worthwhile(run.field)], author.concurrency, stop)
        objective.evaluate({run.field: run.best() for run in runs}, iteration=1)
        for run in runs:
            for text, (mother, scored) in run.probed().items():
                objective.note(run.field, Prompt(text, author.generator_name, mother), scored, iteration=1)
        objective.report(1)

    def calls(self, requests: int) -> int:
        """One a reflection, which asks at least one request."""
        return min(self.rounds, requests)

    @staticmethod
    def _begin(objective: Objective) -> None:
        """Races what the fields start from; the field's name stands in where all of that gave answers away.

        All of the winner's samples are asked at once: GEPA would ask them anyway, and then they are known.
        """
        objective.evaluate({field: objective.start(field) for field in objective.fields})
        bare = [field for field in objective.fields if not objective.leader(field)]
        objective.evaluate({field: [Prompt(field.name, "name")] for field in bare})
        objective.settle()
        objective.report(0)


def _side_by_side(runs: Sequence[Evolution], workers: int, stop: threading.Event) -> None:
    """Runs them all; after a fault nobody begins a new round, and the first fault is raised."""
    if workers == 1:  # in this thread: a person at the terminal may be asked
        for run in runs:
            run.run()
        return
    pool = ThreadPoolExecutor(workers, "gepa")
    try:
        for job in as_completed([pool.submit(run.run) for run in runs]):
            job.result()
    finally:
        stop.set()
        pool.shutdown(cancel_futures=True)
