"""A provider's filter refuses what a generator is shown of one field: that field goes without, the others go on."""

from __future__ import annotations

import pytest
from benchmarks.stated import search_rules
from omegaconf import OmegaConf

from promptfit.build import instantiate
from promptfit.data.grouping import by_field
from promptfit.evaluate.scoring import Scoring
from promptfit.generate.author import Author
from promptfit.generate.brief import brief_of
from promptfit.generate.generator import Flagged
from promptfit.generate.spending import Limits, Spending
from promptfit.search.search_run import SearchResult, run_search
from promptfit.types import PromptfitError
from scripted_answerer import CONF, FIELDS, FollowingAnswerer, ListRecorder, samples
from scripted_generator import Scripted

SOME = {field: FIELDS[field] for field in list(FIELDS)[:2]}
HELD, FREE = SOME
STRATEGIES = ["feedback", "textgrad", "gepa"]


def read(name: str) -> object:
    return instantiate(OmegaConf.load(CONF / f"{name}.yaml"))


def search(strategy: str, flagged: set[str]) -> tuple[SearchResult, Author, Scripted]:
    def reply(text: str, draw: int) -> str:
        if any(name in text for name in flagged):
            raise Flagged("403: Your input was flagged")
        return f"<prompt>Прочитай поле «{FREE.question_type}». Ответь только значением</prompt>"

    generator = Scripted(reply)
    generator.concurrency = 1
    splits = {"search": samples(20, "search", SOME), "holdout": samples(5, "holdout", SOME)}
    briefs = {field: brief_of(field, "scripted", own, 0) for field, own in by_field(splits["search"]).items()}
    author = Author(generator, read("metaprompt/ru"), Spending(Limits(), list(SOME)), briefs)  # type: ignore[arg-type]
    how = (200 * len(SOME), ListRecorder(), Scoring(), search_rules())
    result = run_search(splits, FollowingAnswerer(), read(f"strategy/{strategy}"), author, *how)  # type: ignore[arg-type]
    return result, author, generator


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_a_flagged_call_is_left_out_and_counted(strategy: str, caplog: pytest.LogCaptureFixture) -> None:
    result, author, generator = search(strategy, {HELD.question_type})
    held, free = result.fields
    assert free.prompt.text.startswith("Прочитай") and free.prompt.origin == "scripted"
    assert held.field == HELD and held.prompt.origin == "question", "it stays with what it started from"
    told = f"{HELD.name}: this call of the generator is left out: 403: Your input was flagged"
    assert told in caplog.text and author.replies["flagged"] >= 1
    assert author.spending.spent(HELD).calls == 0 < author.spending.spent(FREE).calls
    assert len(generator.seen) == author.spending.spent().calls + author.replies["flagged"]


def test_a_filter_that_lets_nothing_pass_ends_the_search() -> None:
    with pytest.raises(PromptfitError, match=r"^\d+ calls in a row were flagged.*403: Your input") as ended:
        search("gepa", {field.question_type for field in SOME})
    assert not isinstance(ended.value, Flagged)
