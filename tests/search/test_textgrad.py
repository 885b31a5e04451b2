"""Whole runs of the real textgrad package over real HTTP; the server and the answerer are scripted stand-ins."""

from __future__ import annotations

import itertools
import statistics
from collections.abc import Iterator, Mapping, Sequence
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
from promptfit.generate.brief import Brief
from promptfit.generate.cached_generator import CachedGenerator, CompletionCache
from promptfit.generate.chat_generator import ChatGenerator
from promptfit.generate.generator import Generator
from promptfit.generate.spending import Limits, Spending
from promptfit.search.history import SHORTENED
from promptfit.search.search_run import SearchResult, run_search
from promptfit.search.strategies.textgrad.textgrad_strategy import SPARE
from promptfit.types import Field, Prompt, PromptfitError, Sample
from scripted_answerer import CONF, FIELDS, FollowingAnswerer, Kind, ListRecorder, samples
from scripted_generator import Scripted
from scripted_server import Server, running

SOME = {field: FIELDS[field] for field in list(FIELDS)[:4]}
(FIELD, *_) = ONE = {field: FIELDS[field] for field in list(FIELDS)[:1]}
NO_LIMITS = Limits()
CRITIC = "gradient (feedback) engine"


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with running() as one:
        yield one


def generator(server: Server, **more: Any) -> ChatGenerator:
    settings = {"vision": False, "price": {"input": 0, "output": 0}, "seed": 0, "attempts": 1} | more
    made: ChatGenerator = stated("generator/_chat", name="scripted", model="scripted", base_url=server.url, **settings)
    return made


def author_of(
    asked: Generator, fields: Mapping[Field, Kind] = SOME, limits: Limits = NO_LIMITS, images: tuple[Path, ...] = ()
) -> Author:
    metaprompt = instantiate(OmegaConf.load(CONF / "metaprompt" / "ru.yaml"))
    briefs = {field: Brief(field, "scripted", (), images if asked.vision else ()) for field in fields}
    return Author(asked, metaprompt, Spending(limits, list(fields)), briefs)


def search(
    author: Author,
    answerer: Answerer | None = None,
    fields: Mapping[Field, Kind] = SOME,
    budget: int = 250,
    seed: int = 0,
    recorder: ListRecorder | None = None,
    **more: Any,
) -> SearchResult:
    splits = {"search": samples(20, "search", fields), "holdout": samples(5, "holdout", fields)}
    strategy = instantiate(OmegaConf.load(CONF / "strategy" / "textgrad.yaml"), **more)
    answerer, recorder = answerer or FollowingAnswerer(), recorder or ListRecorder()
    return run_search(
        splits, answerer, strategy, author, budget * len(fields), recorder, Scoring(), search_rules(), seed
    )


def cers(prompts: Mapping[Field, Prompt], unseen: Mapping[Field, Sequence[Sample]]) -> list[float]:
    return [trial.score.cer for trial in measure(prompts, unseen, FollowingAnswerer(), Scoring())]


@pytest.fixture(scope="module")
def author(server: Server) -> Author:
    return author_of(generator(server))


@pytest.fixture(scope="module")
def recorder() -> ListRecorder:
    return ListRecorder()


@pytest.fixture(scope="module")
def result(author: Author, recorder: ListRecorder) -> SearchResult:
    return search(author, recorder=recorder)


def test_it_finds_clearly_better_prompts_than_the_start(result: SearchResult) -> None:
    unseen = by_field(samples(60, "large", SOME))
    before = cers({one.field: Prompt(one.field.question_type) for one in result.fields}, unseen)
    after = cers({one.field: one.prompt for one in result.fields}, unseen)
    assert all(one < other for one, other in zip(after, before, strict=True))
    assert statistics.mean(after) < statistics.mean(before) / 2


def test_it_spends_at_most_its_budget_and_says_whose_its_prompts_are(result: SearchResult, author: Author) -> None:
    assert all(one.requests <= 250 for one in result.fields)
    for one in result.fields:
        first, *others = one.trials
        assert first.prompt == Prompt(one.field.question_type, "question")
        texts = {trial.prompt.text for trial in one.trials}
        assert all(trial.prompt.origin in ("scripted", SHORTENED) and trial.prompt.parent in texts for trial in others)
    rounds = [max(trial.iteration for trial in one.trials) + 1 for one in result.fields]
    assert author.spending.spent().calls <= sum((1 + 3 + SPARE) * each for each in rounds)


@pytest.mark.slow
def test_the_same_search_asks_the_same_and_ends_the_same(
    result: SearchResult, recorder: ListRecorder, server: Server
) -> None:
    again = ListRecorder()
    server.control(forget=True)
    assert search(author_of(generator(server)), recorder=again) == result
    assert again.trials == recorder.trials
    asked = sorted(str(call["messages"]) for call in server.calls())
    server.control(forget=True)
    search(author_of(generator(server, concurrency=1)))
    assert sorted(str(call["messages"]) for call in server.calls()) == asked


def test_a_killed_search_goes_on_from_what_is_kept_and_ends_the_same(
    result: SearchResult, server: Server, tmp_path: Path
) -> None:
    def run(interrupt_after: int | None = None) -> tuple[SearchResult | None, int, int]:
        kept = CachedGenerator(generator(server), CompletionCache(tmp_path / "kept.sqlite"))
        inner = FollowingAnswerer(interrupt_after)
        try:
            ended = search(author_of(kept), CachedAnswerer(inner, AnswerCache(tmp_path / "kept.sqlite")))
        except KeyboardInterrupt:
            ended = None
        return ended, kept.asked, inner.answered

    broken, asked, _ = run(interrupt_after=250)
    assert broken is None and asked
    ended, more, answered = run()
    assert ended == result and more and answered < result.requests
    assert run() == (result, 0, 0)
    author = author_of(generator(server))
    search(author)
    assert asked + more == author.spending.spent().calls


def test_limits_of_calls_end_it_cleanly_with_the_best_so_far(server: Server) -> None:
    author = author_of(generator(server), limits=Limits(calls=5 * len(SOME)))
    result = search(author)
    assert all(author.spending.spent(field).calls == 5 for field in SOME)
    assert len(result.fields) == len(SOME)
    assert all(1 < one.proposed <= 4 for one in result.fields), "one gradient and its steps, then a gradient in vain"


def test_the_critic_is_shown_the_images_when_the_generator_sees(server: Server, tmp_path: Path) -> None:
    Image.new("RGB", (60, 40), "white").save(tmp_path / "one.png")
    server.control(forget=True)
    seeing = author_of(generator(server, vision=True), ONE, images=(tmp_path / "one.png",))
    search(seeing, fields=ONE, rounds=2)
    shown = {(CRITIC in call["messages"][0]["text"], len(call["images"])) for call in server.calls()}
    assert shown == {(True, 1), (False, 0)}


def test_fields_are_asked_side_by_side() -> None:
    fields = {field: FIELDS[field] for field in list(FIELDS)[:8]}
    with running(delay=0.6) as slow:
        slow_author = author_of(generator(slow, concurrency=len(fields)), fields)
        search(slow_author, fields=fields, rounds=1)
        calls = slow.calls()
    first = [call for call in calls if CRITIC in call["messages"][0]["text"]]
    assert len(first) == len(fields)
    assert max(call["began"] for call in first) < min(call["ended"] for call in first)
    assert max(call["ended"] for call in calls) - min(call["began"] for call in calls) < 0.6 * len(fields)


@pytest.mark.parametrize(
    ("said", "faults"),
    [
        ("I'm sorry, I can't assist with that.", {"refusal"}),
        ("Read the field.", {"no block"}),
        ("<IMPROVED_VARIABLE> </IMPROVED_VARIABLE>", {"empty"}),
        ("", {"empty"}),
        (f"<IMPROVED_VARIABLE>{'x' * 5000}</IMPROVED_VARIABLE>", {"giant"}),
        ("<IMPROVED_VARIABLE>Фамилия</IMPROVED_VARIABLE>", {"repeated"}),
    ],
)
def test_replies_that_hold_no_new_prompt_are_counted_and_asked_for_again(said: str, faults: set[str]) -> None:
    asked = Scripted(lambda text, draw: said)
    author = author_of(asked, ONE)
    result = search(author, fields=ONE)
    assert [one.prompt.text for one in result.fields] == ["Фамилия"]
    assert author.replies == dict.fromkeys(faults, 3 + SPARE)


def test_a_prompt_in_our_own_tags_is_taken_as_well() -> None:
    prompts = itertools.count()
    author = author_of(Scripted(lambda text, draw: f"<prompt>Найди Фамилия {next(prompts)}</prompt>"), ONE)
    assert search(author, fields=ONE, rounds=1).fields[0].proposed == 4


def test_a_generator_that_cannot_go_on_stops_the_search() -> None:
    def refuse(text: str, draw: int) -> str:
        raise PromptfitError("conf/generator/scripted.yaml: no credit")

    with pytest.raises(PromptfitError, match="no credit"):
        search(author_of(Scripted(refuse)))
