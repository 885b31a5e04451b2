"""The strategy that proposes nothing: it races the prompts that were given, a hand-written collection, say."""

from __future__ import annotations

from promptfit.generate.author import Author
from promptfit.search.objective import Objective


class Candidates:
    """Races every field's starting prompts once."""

    def search(self, objective: Objective, author: Author) -> None:
        """See ``Strategy.search``."""
        objective.evaluate({field: objective.start(field) for field in objective.fields})
        objective.report(0)

    def calls(self, requests: int) -> int:
        """None: nobody is asked."""
        return 0
