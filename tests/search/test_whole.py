"""Whole searches with the strategy as configured, over the scripted answerer."""

from __future__ import annotations

import logging
import statistics
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from benchmarks.stated import search_rules
from hydra.utils import instantiate
from omegaconf import OmegaConf
from rich.console import Console

from promptfit.answer.answerer import Answerer
from promptfit.answer.cached_answerer import AnswerCache, CachedAnswerer
from promptfit.data.grouping import by_field
from promptfit.evaluate.ask import measure
from promptfit.evaluate.scoring import Scoring
from promptfit.search.search_run import SearchResult, run_search
from promptfit.support.console import door
from promptfit.types import Field, Prompt, PromptfitError
from scripted_answerer import CONF, FIELDS, FollowingAnswerer, Kind, ListRecorder, nobody, samples

BEST = {
    "Фамилия": "Первая буква заглавная, остальные строчные",
    "Имя": "Первая буква заглавная, остальные строчные",
    "Пол": "Полным словом",
    "Дата рождения": "Date as YYYY-MM-DD",
    "Серия и номер паспорта": "Только цифры",
    "": "Только цифры",
    "Продавец": "Без кавычек",
    "Сумма": "Число с точкой",
}
"""What the scripted answerer always understands, beside «Прочитай поле … Ответь только значением»."""
RULES = search_rules()
BUDGET = 400 * len(FIELDS)


def search(
    answerer: Answerer,
    documents: int = 20,
    budget: int = BUDGET,
    seed: int = 0,
    fields: Mapping[Field, Kind] = FIELDS,
    holdout: int = 20,
    recorder: ListRecorder | None = None,
    **more: Any,
) -> SearchResult:
    splits = {"search": samples(documents, "search", fields), "holdout": samples(holdout, "holdout", fields)}
    strategy = instantiate(OmegaConf.load(CONF / "strategy" / "edits.yaml"))
    return run_search(
        splits,
        answerer,
        strategy,
        nobody(fields),
        budget,
        recorder or ListRecorder(),
        Scoring(),
        search_rules(),
        seed,
        **more,
    )


def on_holdout(result: SearchResult) -> int:
    """Requests of the winners' measurement; they are not part of the budget."""
    return sum(one.holdout.samples for one in result.fields if one.holdout)


def best_known(field: Field) -> Prompt:
    tail = [BEST[field.question_type]] if field.question_type in BEST else []
    return Prompt(
        ". ".join([f"Прочитай поле «{field.question_type or field.doc_type}»", "Ответь только значением", *tail])
    )


@pytest.fixture(scope="module")
def answerer() -> FollowingAnswerer:
    return FollowingAnswerer()


@pytest.fixture(scope="module")
def recorder() -> ListRecorder:
    return ListRecorder()


@pytest.fixture(scope="module")
def result(answerer: FollowingAnswerer, recorder: ListRecorder) -> SearchResult:
    return search(answerer, recorder=recorder)


@pytest.mark.slow
def test_it_finds_prompts_close_to_the_best_known(result: SearchResult) -> None:
    """Over six seeds; what is left is mostly luck of the 20 documents on which a winner is chosen."""
    unseen, gaps = by_field(samples(80, "large")), []
    known = measure({field: best_known(field) for field in FIELDS}, unseen, FollowingAnswerer(), Scoring())
    naive = {field: Prompt(f"Напиши {field.question_type or field.doc_type}") for field in FIELDS}
    assert min(trial.score.cer for trial in measure(naive, unseen, FollowingAnswerer(), Scoring())) > 0.5
    for one in (result, *(search(FollowingAnswerer(), seed=seed) for seed in range(1, 6))):
        found = measure({each.field: each.prompt for each in one.fields}, unseen, FollowingAnswerer(), Scoring())
        gaps += [trial.score.cer - best.score.cer for trial, best in zip(found, known, strict=True)]
    assert statistics.mean(gaps) <= 0.03
    assert statistics.median(gaps) <= 0.015


def test_it_spends_at_most_its_budget_and_a_third_of_what_no_race_would(
    result: SearchResult, answerer: FollowingAnswerer
) -> None:
    assert answerer.answered == result.requests + on_holdout(result)
    assert all(one.requests <= 400 for one in result.fields)
    assert result.requests <= result.full_requests / 3


def test_the_winner_is_the_best_finished_trial_and_is_measured_on_the_holdout_alone(result: SearchResult) -> None:
    for one in result.fields:
        finished = [trial for trial in one.trials if trial.finished]
        assert all(trial.score.samples == one.samples for trial in finished)
        order = {trial.prompt: (trial.score.cer, len(trial.prompt.text), trial.prompt.text) for trial in finished}
        assert one.prompt == min(order, key=order.__getitem__)
        assert one.search.cer == order[one.prompt][0]
        assert one.holdout is not None and one.holdout.samples == 20


@pytest.mark.parametrize("strategy", ["candidates", "edits"])
def test_a_winner_that_is_far_from_good_has_seen_every_document(strategy: str) -> None:
    """Nobody can do better here: the budget ends with the prompt that was given."""
    fields, bad = {field: FIELDS[field] for field in list(FIELDS)[:2]}, Prompt("Что здесь написано")
    splits = {"search": samples(20, "search", fields), "holdout": samples(5, "holdout", fields)}
    made = instantiate(OmegaConf.load(CONF / "strategy" / f"{strategy}.yaml"))
    start = {field: [bad] for field in fields}
    got = run_search(
        splits,
        FollowingAnswerer(),
        made,
        nobody(fields),
        21 * len(fields),
        ListRecorder(),
        Scoring(),
        search_rules(),
        start=start,
    )
    assert [one.search.samples for one in got.fields] == [20, 20]
    assert all(one.search.cer > 0.5 and one.requests <= 21 for one in got.fields)


def test_everything_is_told_to_the_recorder(result: SearchResult, recorder: ListRecorder) -> None:
    told = {(trial.field, trial.prompt): trial for trial in recorder.trials}  # a leader's again when it has seen more
    assert sorted(map(id, told.values())) == sorted(id(trial) for one in result.fields for trial in one.trials)
    seen = Counter((trial.field, trial.prompt) for trial in recorder.trials)
    assert len(recorder.trials) > len(told) and max(seen.values()) <= 5, "at most once a look"
    assert recorder.winners == {one.field: (one.prompt.text, one.holdout) for one in result.fields}
    assert {split for _, split in recorder.measured} == {"holdout"}, "each winner's measurement, with its predictions"
    held = {trial.field: trial for trial, _ in recorder.measured}
    assert len(recorder.measured) == len(held) == len(result.fields)
    for one in result.fields:
        assert (held[one.field].prompt, held[one.field].score) == (one.prompt, one.holdout)
        assert {scored.sample.split for scored in held[one.field].scored} == {"holdout"}
    assert recorder.values[-1] == result.figures()


def test_the_holdout_is_never_shown_to_the_search(answerer: FollowingAnswerer, result: SearchResult) -> None:
    *searching, last = answerer.calls
    assert not [r for call in searching for r in call if r.image_digest.startswith("holdout")]
    assert all(request.image_digest.startswith("holdout") for request in last)


def test_a_killed_search_goes_on_from_what_is_kept_and_ends_the_same(result: SearchResult, tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        search(CachedAnswerer(FollowingAnswerer(interrupt_after=700), AnswerCache(tmp_path / "answers.sqlite")))
    again = FollowingAnswerer()
    assert search(CachedAnswerer(again, AnswerCache(tmp_path / "answers.sqlite"))) == result
    total = result.requests + on_holdout(result)
    assert again.answered < total - 400, "most of the 700 answers before the break were kept"
    third = FollowingAnswerer()
    assert search(CachedAnswerer(third, AnswerCache(tmp_path / "answers.sqlite"))) == result
    assert third.answered == 0


FEW = {field: FIELDS[field] for field in list(FIELDS)[:3]}


def test_another_seed_is_another_search() -> None:
    prompts = [
        [
            trial.prompt
            for one in search(FollowingAnswerer(), seed=seed, fields=FEW, budget=180).fields
            for trial in one.trials
        ]
        for seed in (1, 1, 2)
    ]
    assert prompts[0] == prompts[1] != prompts[2]


def test_one_sample_is_enough_to_search_and_none_to_measure() -> None:
    result = search(FollowingAnswerer(), documents=1, budget=90, fields=FEW, holdout=0)
    assert len(result.fields) == 3
    assert all(one.holdout is None and one.search.interval == "none" for one in result.fields)
    assert result.requests <= 90 and "cer_holdout" not in result.figures()


def test_a_budget_for_one_prompt_gives_one_prompt() -> None:
    result = search(FollowingAnswerer(), budget=60, fields=FEW)
    assert [one.prompt.text for one in result.fields] == ["Напиши Фамилия", "Напиши Имя", "Напиши Пол"]


def test_no_samples_is_said_before_anything_is_spent() -> None:
    with pytest.raises(PromptfitError, match="no samples in its search split"):
        search(FollowingAnswerer(), fields={})


def test_a_log_gets_a_plain_line_a_round(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, logger="promptfit.support.console.progress"):
        search(FollowingAnswerer(), budget=120, fields=FEW)
    assert "round 0:" in caplog.text and "mean best CER" in caplog.text


def test_a_terminal_gets_a_bar_with_the_fields(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with (tmp_path / "screen.txt").open("w", encoding="utf-8") as file:
        terminal = Console(file=file, force_terminal=True, width=100)
        monkeypatch.setattr(door, "console", lambda error: terminal)
        search(FollowingAnswerer(), budget=120, fields=FEW)
    assert "requests of the budget" in (tmp_path / "screen.txt").read_text(encoding="utf-8")
