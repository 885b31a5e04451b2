from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from omegaconf import OmegaConf

from promptfit.build import instantiate
from promptfit.commands.search.plan import figures, summary
from promptfit.generate.author import FLAGGED, Author
from promptfit.generate.brief import Brief
from promptfit.generate.cached_generator import CachedGenerator
from promptfit.generate.generator import Flagged, Generator, Message, NoGenerator
from promptfit.generate.spending import Exhausted, Limits, Spending, Spent
from promptfit.types import Field, PromptfitError
from scripted_generator import Scripted

FIELDS = [Field("passport", "Фамилия"), Field("СНИЛС", "")]
NAME, NUMBER = FIELDS
METAPROMPT = instantiate(
    yaml.safe_load((Path(__file__).parents[2] / "conf" / "metaprompt" / "en.yaml").read_text("utf-8"))
)
UNLIMITED = Limits()
ASKED = [Message("user", "propose")]


def _author(generator: Generator, limits: Limits = UNLIMITED) -> Author:
    briefs = {field: Brief(field, "docvlm-tiny", ("A", "B"), ()) for field in FIELDS}
    return Author(generator, METAPROMPT, Spending(limits, FIELDS), briefs)


def test_the_same_messages_again_are_another_draw_of_the_field() -> None:
    generator = Scripted(lambda text, draw: f"{text} {draw}")
    author = _author(generator)
    assert [author.ask(NAME, ASKED).text for _ in range(3)] == ["propose 0", "propose 1", "propose 2"]
    assert author.ask(NUMBER, ASKED).text == "propose 0"
    assert author.ask(NAME, [Message("user", "improve")]).text == "improve 0"
    assert author.spending.spent(NAME) == Spent(4, 28, 12, 0.5, 1.0)


def test_prompts_come_out_of_the_reply_and_faults_are_counted() -> None:
    replies = [
        "<prompt>A</prompt><prompt>B</prompt><prompt>C</prompt>",
        "I'm sorry, I can't",
        "A",
        "<prompt>A</prompt>",
    ]
    author = _author(Scripted(lambda text, draw: replies[draw]))
    assert [author.prompts(NAME, ASKED, wanted=2) for _ in replies] == [["A", "B"], [], [], ["A"]]
    assert author.replies == {"several": 1, "refusal": 1, "no block": 1}


def test_a_reply_that_is_cut_off_says_what_to_raise() -> None:
    replies = ["", "<prompt>A</prompt>", ""]
    generator = Scripted(lambda text, draw: replies[draw])
    author = _author(generator)
    assert [author.prompts(NAME, ASKED, wanted=2) for _ in replies] == [[], ["A"], []]
    assert author.cut == 2 and author.replies == {"empty": 2} and figures(author)["replies_cut"] == 2
    cfg = OmegaConf.create({"generator": {"name": "vllm", "max_tokens": 2048}})
    said = summary(cfg, CachedGenerator(generator, None), author, 0)  # type: ignore[arg-type]
    assert said[-1].startswith("2 of 3 replies were cut off at max_tokens=2048")
    assert "generator.max_tokens=" in said[-1] and "conf/generator/vllm.yaml" in said[-1]


def test_a_share_that_is_used_up_asks_nobody() -> None:
    generator = Scripted(lambda text, draw: "<prompt>A</prompt>")
    author = _author(generator, Limits(calls=3))
    author.prompts(NAME, ASKED, 1)
    author.prompts(NAME, ASKED, 1)
    with pytest.raises(Exhausted):
        author.prompts(NAME, ASKED, 1)
    author.prompts(NUMBER, ASKED, 1)
    assert len(generator.seen) == 3


def test_a_fault_of_the_generator_passes_through_and_costs_nothing() -> None:
    author = _author(NoGenerator("nobody", "edits", ()), Limits(calls=2))
    for _ in range(3):
        with pytest.raises(PromptfitError, match="no model behind it"):
            author.ask(NAME, ASKED)
    assert author.spending.spent() == Spent()


def test_what_a_filter_flags_in_a_row_has_an_end() -> None:
    def reply(text: str, draw: int) -> str:
        if text == "bad":
            raise Flagged("flagged: sexual")
        return "<prompt>A</prompt>"

    author, bad = _author(Scripted(reply), Limits(calls=6)), [Message("user", "bad")]
    for _ in range(2):
        for _ in range(FLAGGED - 1):
            with pytest.raises(Flagged):
                author.prompts(NAME, bad, 1)
        assert author.prompts(NUMBER, ASKED, 1) == ["A"], "something passed: the row begins anew"
    assert author.replies == {"flagged": 2 * (FLAGGED - 1)} and author.spending.spent(NAME) == Spent()
    for _ in range(FLAGGED):
        with pytest.raises(Flagged):
            author.ask(NAME, bad)
    with pytest.raises(PromptfitError, match="9 calls in a row were flagged, the last one about СНИЛС: flag") as ended:
        author.ask(NUMBER, bad)
    assert not isinstance(ended.value, Flagged)


def test_the_check_knows_what_a_first_call_takes() -> None:
    author = _author(Scripted(lambda text, draw: ""), Limits(money=0.9))
    with pytest.raises(PromptfitError, match=r"budget\.money=0\.9 leaves 0\.45 .* give at least 1,"):
        author.check()
    assert all(quote.tokens_in > 1000 for quote in author.quotes(wanted=3).values())
    _author(Scripted(lambda text, draw: ""), Limits(money=1.0)).check()


def test_what_a_strategy_may_know() -> None:
    author = _author(Scripted(lambda text, draw: ""))
    assert (author.generator_name, author.concurrency) == ("scripted", 4)
    assert author.brief(NUMBER).examples == ("A", "B")
    assert author.metaprompt.language == "en"
