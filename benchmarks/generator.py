"""Whether fields ask side by side: one round over twelve of them, with a generator that takes a second."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from typing import Any

from benchmarks.arms import Incumbents
from benchmarks.row import Row
from benchmarks.scripted import author_of, dataset, generators
from benchmarks.stated import search_rules, stated
from promptfit.data.grouping import by_field
from promptfit.data.split import split
from promptfit.evaluate.scoring import Scoring
from promptfit.generate.chat_generator import ChatGenerator
from promptfit.generate.generator import Completion, Message
from promptfit.search.budget import Budget
from promptfit.search.objective import Objective
from promptfit.types import Answer, NoAnswer, Request

FIELDS = 12
DELAY = 1.0
GOAL = 3.0
SEED = 0


class AtOnce:
    """A stand-in for an answerer, which takes no time: the generator's part is all that is measured."""

    remote = False

    identity = '{"checkpoint":"at once"}'

    def answer(self, requests: Sequence[Request]) -> Iterator[tuple[int, Answer | NoAnswer]]:
        """Says the same to everything."""
        for index in range(len(requests)):
            yield index, Answer("Ответ: не знаю")


class Clocked(ChatGenerator):
    """Notes when its calls begin and end."""

    def __init__(self, *settings: Any, **more: Any) -> None:
        super().__init__(*settings, **more)
        self.began: list[float] = []
        self.ended: list[float] = []

    def complete(self, messages: Sequence[Message], draw: int = 0) -> Completion:
        """See ``Generator.complete``."""
        self.began.append(time.perf_counter())
        completion = super().complete(messages, draw)
        self.ended.append(time.perf_counter())
        return completion


def main() -> list[Row]:
    """Searches one round, and takes the time from its first call's begin to its last one's end."""
    groups = by_field(split(dataset("mini"))["search"])
    samples = {field: groups[field] for field in list(groups)[:FIELDS]}
    budget = Budget(400 * FIELDS, samples)
    objective = Objective(AtOnce(), samples, Scoring(), budget, Incumbents(budget), search_rules(), SEED)
    with generators([SEED], Clocked, delay=DELAY) as asked:
        generator = asked[SEED]
        generator.complete([Message("user", "ready?")])  # opens the connection; a search does that once
        first = len(generator.began)
        stated("strategy/feedback", rounds=1).search(objective, author_of(generator, samples, SEED))
    calls, seconds = len(generator.began) - first, max(generator.ended) - generator.began[first]
    what = f"one round of feedback over {FIELDS} fields: {calls} calls of {DELAY:.0f} s to the generator"
    return [Row(what, f"{seconds:.1f} s", f"<= {GOAL:.0f} s", seconds <= GOAL and calls >= FIELDS)]
