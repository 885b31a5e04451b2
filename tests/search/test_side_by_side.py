"""Fields that are searched in threads do not wait for each other's answers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from benchmarks.stated import search_rules

from promptfit.data.grouping import by_field
from promptfit.evaluate.scoring import Scoring
from promptfit.search.budget import Budget
from promptfit.search.objective import Objective
from promptfit.types import Answer, NoAnswer, Prompt, Request
from scripted_answerer import FIELDS, FollowingAnswerer, ListRecorder, samples

FEW = 6


class Together(FollowingAnswerer):
    """Answers once so many calls are under way."""

    def __init__(self) -> None:
        super().__init__()
        self.barrier = Barrier(FEW, timeout=20)

    def answer(self, requests: Sequence[Request]) -> Iterator[tuple[int, Answer | NoAnswer]]:
        self.barrier.wait()
        yield from super().answer(requests)


def test_six_fields_are_asked_about_at_once() -> None:
    own = by_field(samples(6, "search", {field: FIELDS[field] for field in list(FIELDS)[:FEW]}))
    objective = Objective(Together(), own, Scoring(), Budget(100 * len(own), own), ListRecorder(), search_rules())
    with ThreadPoolExecutor(len(own)) as pool:
        jobs = [pool.submit(objective.probe, field, Prompt("Прочитай"), some[:2]) for field, some in own.items()]
        assert all(len(job.result() or ()) == 2 for job in jobs)
    assert len(own) == FEW


def test_calls_about_one_field_take_turns_and_all_count() -> None:
    own = by_field(samples(6, "search", {field: FIELDS[field] for field in list(FIELDS)[:2]}))
    budget = Budget(200, own)
    objective = Objective(FollowingAnswerer(), own, Scoring(), budget, ListRecorder(), search_rules())
    field = objective.fields[0]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: objective.evaluate({field: [Prompt(f"Прочитай {n}")]}), range(8)))
    assert budget.spent(field) == sum(trial.requests for trial in objective.trials(field))
