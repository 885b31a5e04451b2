"""The strategy that proposes nothing: it races the prompts that were given, a hand-written collection, say."""

from __future__ import annotations

from promptfit.generate.author import Author
from promptfit.search.budget import Budget
from promptfit.search.objective import Objective
from promptfit.types import Trial


class Candidates:
    """Races every field's starting prompts once."""

    def search(self, objective: Objective, budget: Budget, author: Author) -> list[Trial]:
        """Spends at most the budget, and returns all trials of all fields."""
        objective.evaluate({field: objective.start(field) for field in objective.fields})
        objective.report(0)
        return [trial for field in objective.fields for trial in objective.trials(field)]

    def calls(self, requests: int) -> int:
        """None: nobody is asked."""
        return 0
