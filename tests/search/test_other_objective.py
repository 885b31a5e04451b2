"""Searches for something else than the CER."""

from collections.abc import Iterator, Sequence

import pytest
from benchmarks.stated import search_rules
from test_whole import search

from promptfit.data.grouping import by_field
from promptfit.evaluate.scoring import Scoring
from promptfit.score.metrics import CER, METRICS, Metric
from promptfit.search.budget import Budget
from promptfit.search.mistakes import describe, mistakes
from promptfit.search.objective import Objective
from promptfit.search.search_run import SearchResult, run_search
from promptfit.search.strategies.candidates import Candidates
from promptfit.types import Answer, Field, NoAnswer, Prompt, Request, Sample
from scripted_answerer import FIELDS, FollowingAnswerer, ListRecorder, nobody, part, samples

NAME = Field("паспорт", "Имя")
EXACT = METRICS["exact"]
TYPO, RAMBLE = Prompt("With a typo in every answer"), Prompt("Rambles on one document in four")


class Careless:
    """A scripted stand-in: the prompt says what goes wrong."""

    remote = False
    identity = "careless"

    def __init__(self) -> None:
        self.truths = {one.image_digest: one.answer for part in ("search", "holdout") for one in documents(part)}

    def answer(self, requests: Sequence[Request]) -> Iterator[tuple[int, Answer | NoAnswer]]:
        for index, request in enumerate(requests):
            truth = self.truths[request.image_digest]
            said = truth + "!" if request.prompt == TYPO.text else truth
            rambles = request.prompt == RAMBLE.text and part(request.image_digest) < 0.25
            yield index, Answer(said * 20 if rambles else said)


def documents(split: str) -> list[Sample]:
    return samples(20, split, {NAME: FIELDS[NAME]})


def run(metric: Metric, recorder: ListRecorder) -> SearchResult:
    splits = {split: documents(split) for split in ("search", "holdout")}
    start = {NAME: [TYPO, RAMBLE]}
    rules = search_rules()
    return run_search(
        splits, Careless(), Candidates(), nobody([NAME]), 100, recorder, Scoring(), rules, start=start, metric=metric
    )


@pytest.mark.parametrize(("metric", "winner"), [(CER, TYPO), (EXACT, RAMBLE)], ids=["cer", "exact"])
def test_the_objective_says_which_prompt_is_best(metric: Metric, winner: Prompt) -> None:
    recorder = ListRecorder()
    (found,) = run(metric, recorder).fields
    assert found.prompt == winner and found.holdout
    assert set(found.holdout.intervals) == {"cer", metric.name}
    assert recorder.winners[NAME][0] == winner.text
    parts = {f"{one.name}_{part}" for one in (CER, metric) for part in ("search", "holdout")}
    assert parts <= recorder.values[-1].keys()
    assert [*recorder.values[0]] == [metric.name, "requests"], "the rounds' best"


def test_a_whole_search_for_right_answers_finds_them() -> None:
    fields = {field: FIELDS[field] for field in (NAME, Field("паспорт", "Пол"), Field("счет", "Сумма"))}
    found = search(FollowingAnswerer(fields=fields), budget=1200, fields=fields, metric=EXACT)
    assert found.requests <= 1200 and found.figures()["exact_holdout"] > 0.85
    for one in found.fields:
        finished = [trial.score.values["exact"] for trial in one.trials if trial.finished]
        assert one.search.values["exact"] == max(finished), "nobody who finished has more right answers"


def test_a_generator_is_told_by_what_it_is_judged() -> None:
    own = by_field(documents("search"))
    tried = Objective(Careless(), own, Scoring(), Budget(100, own), ListRecorder(), search_rules(), metric=EXACT)
    trial = tried.evaluate({NAME: [RAMBLE]})[NAME][0]
    assert describe(trial, tried.history(NAME).metric).startswith("exact ") and describe(trial).startswith("CER ")
    assert len(mistakes(trial.scored, 99, EXACT)) == len(mistakes(trial.scored, 99))
