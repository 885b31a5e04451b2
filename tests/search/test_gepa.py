"""Whole runs of the real gepa package over real HTTP; the server and the answerer are scripted stand-ins."""

from __future__ import annotations

import dataclasses
import itertools
import statistics
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from benchmarks.stated import search_rules, stated
from hydra.utils import instantiate
from omegaconf import OmegaConf
from PIL import Image

from promptfit.answer.answerer import Answerer
from promptfit.answer.cached_answerer import AnswerCache, CachedAnswerer
from promptfit.data.grouping import by_field
from promptfit.evaluate.ask import measure
from promptfit.evaluate.scoring import Scoring
from promptfit.generate.author import Author
from promptfit.generate.brief import brief_of
from promptfit.generate.cached_generator import CachedGenerator, CompletionCache
from promptfit.generate.chat_generator import ChatGenerator
from promptfit.generate.generator import Generator
from promptfit.generate.spending import Limits, Spending
from promptfit.search.search_run import SearchResult, run_search
from promptfit.search.strategies.gepa.adapter import parts
from promptfit.search.strategies.gepa.gepa_strategy import GepaStrategy
from promptfit.types import Field, Prompt, PromptfitError, Sample
from scripted_answerer import CONF, FIELDS, FollowingAnswerer, Kind, ListRecorder, samples
from scripted_generator import Scripted
from scripted_server import Server, running

STRATEGY, METAPROMPT = (
    instantiate(OmegaConf.load(CONF / name)) for name in ("strategy/gepa.yaml", "metaprompt/ru.yaml")
)
SOME = {field: FIELDS[field] for field in list(FIELDS)[:4]}
NUMBER = Field("паспорт", "Серия и номер паспорта")
ONE = {field: FIELDS[field] for field in list(FIELDS)[:1]}


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with running() as running_server:
        yield running_server


@pytest.fixture(scope="module")
def answerer() -> FollowingAnswerer:
    return FollowingAnswerer()


@pytest.fixture(scope="module")
def result(server: Server, answerer: FollowingAnswerer) -> SearchResult:
    return search(generator(server), answerer=answerer)


def on_holdout(result: SearchResult) -> int:
    return sum(one.holdout.samples for one in result.fields if one.holdout)


def generator(server: Server, **more: Any) -> ChatGenerator:
    settings = {"vision": False, "price": {"input": 0, "output": 0}, "seed": 0, "attempts": 1} | more
    made: ChatGenerator = stated("generator/_chat", name="scripted", model="scripted", base_url=server.url, **settings)
    return made


def search(
    asked: Generator,
    answerer: Answerer | None = None,
    fields: Mapping[Field, Kind] = SOME,
    budget: int = 400,
    documents: int = 20,
    limits: Limits | None = None,
    strategy: GepaStrategy = STRATEGY,
    shown: list[Sample] | None = None,
) -> SearchResult:
    splits = {"search": shown or samples(documents, "search", fields), "holdout": samples(5, "holdout", fields)}
    own = by_field(splits["search"])
    briefs = {field: brief_of(field, "scripted", each, 0, vision=asked.vision) for field, each in own.items()}
    author = Author(asked, METAPROMPT, Spending(limits or Limits(), list(own)), briefs)
    start = {field: [naive(field)] for field in own}
    answerer = answerer or FollowingAnswerer()
    recorder = ListRecorder()
    return run_search(
        splits, answerer, strategy, author, budget * len(own), recorder, Scoring(), search_rules(), start=start
    )


def naive(field: Field) -> Prompt:
    return Prompt(f"Напиши {field.question_type or field.doc_type}")


def winners(result: SearchResult) -> list[str]:
    return [one.prompt.text for one in result.fields]


def test_it_finds_clearly_better_prompts_than_the_start(result: SearchResult) -> None:
    unseen = by_field(samples(60, "large", SOME))
    before = measure({field: naive(field) for field in SOME}, unseen, FollowingAnswerer(), Scoring())
    after = measure({one.field: one.prompt for one in result.fields}, unseen, FollowingAnswerer(), Scoring())
    assert statistics.mean(trial.score.cer for trial in before) > 1
    assert statistics.mean(trial.score.cer for trial in after) < 0.05


def test_the_leader_is_a_finished_trial_and_its_lineage_is_told(result: SearchResult) -> None:
    for one in result.fields:
        winner = next(trial for trial in one.trials if trial.prompt == one.prompt)
        assert winner.finished and winner.score.samples == 20
        assert winner.prompt.origin == "scripted" and winner.prompt.parent
        assert one.trials[0].prompt == naive(one.field)


def test_every_prompt_that_was_asked_is_a_trial(result: SearchResult, answerer: FollowingAnswerer) -> None:
    texts = {trial.prompt.text for one in result.fields for trial in one.trials}
    assert texts == {request.prompt for call in answerer.calls for request in call}
    probed = [trial for one in result.fields for trial in one.trials if not trial.finished]
    assert all(trial.prompt.parent in texts for trial in probed) and len(probed) > len(result.fields)


def test_it_spends_at_most_its_budget(result: SearchResult, answerer: FollowingAnswerer) -> None:
    assert answerer.answered == result.requests + on_holdout(result)
    assert all(one.requests <= 400 for one in result.fields)


@pytest.mark.parametrize("budget", [20, 21, 45, 70])
def test_a_small_budget_is_kept_too(server: Server, budget: int) -> None:
    answerer = FollowingAnswerer()
    small = search(generator(server), answerer, ONE, budget)
    assert answerer.answered - on_holdout(small) == small.requests <= budget


def test_it_is_the_same_again_whoever_is_faster(result: SearchResult, server: Server) -> None:
    assert winners(search(generator(server, concurrency=1))) == winners(result)
    assert winners(search(generator(server, concurrency=3))) == winners(result)


def test_a_search_without_calls_left_ends_with_the_best_so_far(server: Server) -> None:
    server.control(forget=True)
    answerer = FollowingAnswerer()
    ended = search(generator(server), answerer, limits=Limits(calls=10))
    assert len(server.calls()) == 10
    assert len(ended.fields) == len(SOME)
    none = search(generator(server), limits=Limits(calls=0))
    assert winners(none) == [naive(field).text for field in SOME]


def test_it_resumes_from_kept_answers_and_completions(result: SearchResult, server: Server, tmp_path: Path) -> None:
    def kept(**more: Any) -> tuple[CachedGenerator, CachedAnswerer]:
        answers, replies = AnswerCache(tmp_path / "store.sqlite"), CompletionCache(tmp_path / "store.sqlite")
        return CachedGenerator(generator(server), replies), CachedAnswerer(FollowingAnswerer(**more), answers)

    with pytest.raises(KeyboardInterrupt):
        search(*kept(interrupt_after=200))
    writer, answerer = kept()
    assert search(writer, answerer) == result
    assert writer.kept > 0 and answerer.kept >= 200
    again, reader = kept()
    assert search(again, reader) == result
    assert (again.asked, reader.asked) == (0, 0)


def test_the_generator_sees_images_when_it_can(server: Server, tmp_path: Path) -> None:
    shown = []
    for number, sample in enumerate(samples(6, "search", ONE)):
        Image.new("RGB", (40 + number, 30)).save(tmp_path / f"{number}.png")
        shown.append(dataclasses.replace(sample, image=tmp_path / f"{number}.png"))
    server.control(forget=True)
    search(generator(server, vision=True), fields=ONE, budget=50, shown=shown)
    calls = server.calls()
    assert calls and all(len(call["images"]) == 2 for call in calls)
    assert all("Отвечающая модель: scripted" in call["messages"][-1]["text"] for call in calls)
    server.control(forget=True)
    search(generator(server), fields=ONE, budget=50, shown=shown)
    assert not any(call["images"] for call in server.calls())


def test_fields_ask_at_once() -> None:
    with running(delay=0.2) as slow:
        search(generator(slow), budget=60, limits=Limits(calls=len(SOME)))
        began, ended = zip(*((call["began"], call["ended"]) for call in slow.calls()), strict=True)
        assert max(began) < min(ended), "all four calls were under way at the same time"


def test_a_permanent_fault_stops_all_fields_at_once(server: Server) -> None:
    server.control(kind="auth", forget=True)
    try:
        with pytest.raises(PromptfitError, match="scripted"):
            search(generator(server))
        assert len(server.calls()) <= len(SOME), "GEPA would have asked again"
    finally:
        server.control(kind="mixed")


def test_a_prompt_that_gives_answers_away_is_worth_nothing_and_costs_nothing() -> None:
    truths = itertools.cycle(sample.answer for sample in samples(30, "search", {NUMBER: FIELDS[NUMBER]}))
    leaking = Scripted(lambda text, draw: f"<prompt>Пример: {next(truths)}. Ответь только значением</prompt>")
    ended = search(leaking, fields={NUMBER: FIELDS[NUMBER]}, documents=30)
    assert ended.leaked == 30
    assert winners(ended) == [naive(NUMBER).text]
    assert len(ended.fields[0].trials) == 1 and ended.requests == 20


def test_useless_replies_cost_patience_and_no_more() -> None:
    mute = Scripted(lambda text, draw: "")
    ended = search(mute, fields=ONE)
    assert winners(ended) == [naive(next(iter(ONE))).text]
    assert len(mute.seen) <= STRATEGY.patience


def test_it_writes_and_prints_nothing(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    search(generator(server), fields=ONE, budget=100, documents=10)
    assert not list(tmp_path.iterdir())
    assert capfd.readouterr().out == ""


def test_train_and_validation_share_no_document() -> None:
    own = samples(20, "search", ONE)
    own += [dataclasses.replace(sample, image_digest=f"{sample.image_digest}-2") for sample in own]
    train, val = parts(own, 0.3, "0")
    assert not {sample.document for sample in train} & {sample.document for sample in val}
    assert (len(train), len(val)) == (28, 12)
    assert parts(own, 0.3, "0") == (train, val) != parts(own, 0.3, "1")
    assert [len(part) for part in parts(own[:2], 0.01, "0")] == [1, 1]
    assert [len(part) for part in parts(own[:1], 0.5, "0")] == [1, 1], "one document has to do for both"


@pytest.mark.parametrize("figure", [{"validation": 0}, {"validation": 1}, {"minibatch": 0}, {"finalists": 0}])
def test_a_figure_out_of_its_range_is_refused(figure: dict[str, Any]) -> None:
    with pytest.raises(PromptfitError, match=next(iter(figure))):
        stated("strategy/gepa", **figure)
