"""The loop that shows a generator its metrics and its mistakes, and asks it to do better."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from promptfit.generate.author import Author
from promptfit.generate.brief import showing
from promptfit.generate.generator import Flagged, Message
from promptfit.generate.spending import Exhausted
from promptfit.search.history import History
from promptfit.search.loop import search_in_rounds
from promptfit.search.mistakes import describe, mistakes, pictured
from promptfit.search.objective import Objective
from promptfit.search.shorten import shorten, without_each_sentence
from promptfit.types import Field, Prompt

TRIES = 3
"""How often one round asks when replies hold no usable prompt."""
NOTHING = "-"
"""Stands in a meta-prompt where there is nothing to tell."""


class Feedback:
    """Asks a generator round after round; every round all of its prompts race.

    Args:
        width: Prompts wanted a round. Several at once cost one call, and the race tells them apart cheaply.
        rounds: Rounds at most.
        patience: Rounds without a better prompt after which a field is done.
        best: Best prompts so far that the generator is shown.
        worst: Mistakes that it is shown.
        peers: Best prompts of other fields that it is shown: what this answerer understands is much the same.
    """

    def __init__(self, width: int, rounds: int, patience: int, best: int, worst: int, peers: int) -> None:
        self.width, self.rounds, self.patience = width, rounds, patience
        self.best, self.worst, self.peers = best, worst, peers

    def search(self, objective: Objective, author: Author) -> None:
        """See ``Strategy.search``."""
        proposers = {field: Talk(self, field, objective.start(field), author) for field in objective.fields}
        search_in_rounds(objective, proposers, self.patience, author.concurrency)
        shorten(objective, dict.fromkeys(proposers, without_each_sentence))

    def calls(self, requests: int) -> int:
        """One a round; a round asks at least one prompt of two documents."""
        return min(self.rounds, max(1, requests // 2))


class Talk:
    """One field's rounds with the generator."""

    def __init__(self, rules: Feedback, field: Field, start: Sequence[Prompt], author: Author) -> None:
        self.rules, self.field, self.start, self.author = rules, field, start, author
        self._rounds = 0

    def propose(self, history: History) -> list[Prompt]:
        """Asks for better prompts; none when the rounds or the generator's budget are used up."""
        if self._rounds >= self.rules.rounds:
            return []
        self._rounds += 1
        messages = self._improve(history) if history.trials else self._begin()
        parent = history.leader.prompt.text if history.leader else None
        known = {trial.prompt.text for trial in history.trials}
        new = [Prompt(text, self.author.generator_name, parent) for text in self._ask(messages) if text not in known]
        return new if history.trials else [*self.start, *new]

    def _ask(self, messages: Sequence[Message]) -> list[str]:
        for _ in range(TRIES):
            try:
                if prompts := self.author.prompts(self.field, messages, self.rules.width):
                    return prompts
            except (Exhausted, Flagged):
                break
        return []

    def _begin(self) -> list[Message]:
        return self._messages("propose")

    def _improve(self, history: History) -> list[Message]:
        """The last round's metrics, the best prompts so far, and the worst mistakes of the best one."""
        last, metric = history.trials[-1].iteration, history.metric
        shown = history.leader or min(history.trials, key=lambda trial: metric.rank(trial.score))
        as_much = [trial for trial in history.trials if trial.requests >= shown.requests]
        best = sorted(as_much, key=lambda trial: (metric.rank(trial.score), len(trial.prompt.text)))
        peers = sorted(history.peers.values(), key=lambda trial: (metric.rank(trial.score), trial.field))
        wrong, images = pictured(mistakes(shown.scored, self.rules.worst, metric), self.author.mistake_images)
        return self._messages(
            "improve",
            images,
            trials=_lines(describe(trial, metric) for trial in history.trials if trial.iteration == last),
            leaders=_lines(describe(trial, metric) for trial in best[: self.rules.best]),
            mistakes=_lines(map(str, wrong)),
            peers=_lines(f"{trial.field.name}: {describe(trial, metric)}" for trial in peers[: self.rules.peers]),
        )

    def _messages(self, name: str, images: Sequence[Path] = (), **told: str) -> list[Message]:
        brief = showing(self.author.brief(self.field), images)
        return self.author.metaprompt.messages(name, brief, wanted=self.rules.width, **told)


def _lines(parts: Iterable[str]) -> str:
    return "\n".join(f"- {part}" for part in parts) or NOTHING
