"""Two models under one name on two servers: what servers say tells them apart, or the person is warned."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest

import scripted_server
from promptfit.answer.cached_answerer import AnswerCache, CachedAnswerer
from promptfit.answer.chat.chat_answerer import ChatAnswerer
from promptfit.answer.chat.served import ask_who_serves, described
from promptfit.support.http import model_names
from promptfit.types import Answer, NoAnswer, Request

ROOT = {"http://a": '{"root":"Qwen2-VL-2B"}'}
REQUEST = Request(Path("x.png"), "0" * 64, "Имя")


class Behind:
    """A scripted answerer behind servers that say what they are told to say; None: they are away."""

    remote, model, says_who = False, "qwen", False

    def __init__(self, says: Mapping[str, str] | None, address: str = "http://a", replied: str = "qwen") -> None:
        self.addresses, self._says, self.replied = (address,), says, replied

    @property
    def identity(self) -> str:
        return self.identity_of(())

    def identity_of(self, served: Sequence[str]) -> str:
        return f"qwen {sorted(served)}"

    def who_serves(self) -> dict[str, str]:
        return dict(self._says or {})

    def answer(self, requests: Sequence[Request]) -> Iterator[tuple[int, Answer | NoAnswer]]:
        for index, _ in enumerate(requests):
            yield index, Answer(self.addresses[0], model=self.replied)


def asked(cache: AnswerCache, answerer: Behind) -> tuple[str, int]:
    kept = CachedAnswerer(answerer, cache)
    ((_, said),) = kept.answer([REQUEST])
    assert isinstance(said, Answer)
    return said.text, kept.asked


def test_another_model_behind_the_same_name_has_answers_of_its_own(tmp_path: Path) -> None:
    cache = AnswerCache(tmp_path / "kept.sqlite")
    assert asked(cache, Behind(ROOT)) == ("http://a", 1)
    assert asked(cache, Behind({"http://b": '{"root":"Qwen2-VL-7B"}'}, "http://b")) == ("http://b", 1)
    assert asked(cache, Behind({"http://a": '{"root":"Qwen2-VL-7B"}'})) == ("http://b", 0), "a restart with another one"
    assert asked(cache, Behind({"http://c": ROOT["http://a"]}, "http://c")) == ("http://a", 0), "the same one moved"


def test_a_run_over_kept_answers_needs_no_server(tmp_path: Path) -> None:
    cache = AnswerCache(tmp_path / "kept.sqlite")
    asked(cache, Behind(ROOT))
    assert asked(cache, Behind(None)) == ("http://a", 0)


def test_where_nothing_is_said_the_identity_is_as_it_was_and_another_address_is_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    cache = AnswerCache(tmp_path / "kept.sqlite")
    with caplog.at_level(logging.WARNING):
        assert asked(cache, Behind({"http://a": ""})) == ("http://a", 1)
        assert asked(cache, Behind(None)) == ("http://a", 0)
        assert not caplog.records
        assert asked(cache, Behind({"http://b": ""}, "http://b")) == ("http://a", 0)
    assert "came from http://a, and now http://b is named" in caplog.text and "served_by" in caplog.text


def test_what_another_model_says_is_kept_as_its_own_and_told_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    cache = AnswerCache(tmp_path / "kept.sqlite")
    own, other = Behind({}).identity, Behind({}).identity_of(['{"replies":"qwen-7b"}'])
    assert asked(cache, Behind({})) == ("http://a", 1)
    with caplog.at_level(logging.WARNING):
        kept = CachedAnswerer(Behind({}, replied="qwen-7b"), cache)
        for number in (1, 2):
            list(kept.answer([Request(Path("x.png"), str(number) * 64, "Имя")]))
    assert [record.getMessage().split(": what")[0] for record in caplog.records] == [
        "qwen: replies name the model qwen-7b"
    ]
    assert {one.identity: one.rows for one in cache.stats()} == {own: 1, other: 2}


def test_a_run_that_was_handed_to_another_model_asks_nothing_twice(tmp_path: Path) -> None:
    cache = AnswerCache(tmp_path / "kept.sqlite")
    assert asked(cache, Behind({}, replied="qwen-7b"))[1] == 1
    assert asked(cache, Behind({}, replied="qwen-7b"))[1] == 0, "it is looked up as that model's"
    kept = CachedAnswerer(Behind({}), cache)
    list(kept.answer([Request(Path("x.png"), "1" * 64, "Имя")]))
    assert asked(cache, Behind({}))[1] == 1, "the asked one is back, and the other's answer is none of its own"


def test_a_gateway_that_answers_by_both_keeps_each_apart(tmp_path: Path) -> None:
    cache, both = AnswerCache(tmp_path / "kept.sqlite"), Behind({})
    kept = CachedAnswerer(both, cache)
    for number, name in enumerate(("qwen", "qwen-7b", "qwen", "qwen-7b")):
        both.replied = name
        list(kept.answer([Request(Path("x.png"), str(number) * 64, "Имя")]))
    assert sorted(one.rows for one in cache.stats()) == [2, 2]
    again = CachedAnswerer(Behind({}), cache)
    list(again.answer([Request(Path("x.png"), str(number) * 64, "Имя") for number in range(4)]))
    assert (again.kept, again.asked) == (2, 2), "what the other said is asked anew of the model that was meant"


def test_a_dated_snapshot_is_the_alias_until_that_stands_for_another(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    cache = AnswerCache(tmp_path / "kept.sqlite")
    with caplog.at_level(logging.INFO):
        assert asked(cache, Behind({}, replied="qwen-2026-08-06"))[1] == 1
        assert asked(cache, Behind({}, replied="qwen-2026-08-06"))[1] == 0
        assert [record.levelname for record in caplog.records] == ["INFO"], "it is said once"
        other = CachedAnswerer(Behind({}, replied="qwen-2026-11-20"), cache)
        list(other.answer([Request(Path("x.png"), "1" * 64, "Имя")]))
    assert "those before named qwen-2026-08-06" in caplog.text
    assert [one.rows for one in cache.stats()] == [1, 1]


@pytest.mark.parametrize(
    ("asked", "replied", "same", "snapshot"),
    [
        ("gpt-4o", "gpt-4o", True, False),
        ("gpt-4o", "gpt-4o-2024-08-06", False, True),
        ("gpt-4o", "gpt-4o-mini", False, False),
        ("gpt-4o", "gpt-4o-mini-2024-07-18", False, False),
        ("gpt-5", "gpt-5.4", False, False),
        ("gemini-2.5-pro", "gemini-3.8-flash", False, False),
        ("gemini-2.5-flash", "models/gemini-2.5-flash", True, False),
        ("anthropic/claude-sonnet-4.5", "anthropic/claude-4.5-sonnet-20250929", False, True),
        ("claude-sonnet-5-5", "claude-sonnet-5", False, False),
        ("mistral-medium-latest", "mistral-medium-2604", False, True),
        ("mistral-medium-latest", "mistral-medium", True, False),
        ("Qwen/Qwen3-VL-8B-Instruct", "qwen3-vl-8b-instruct", True, False),
        ("Qwen/Qwen3-VL-8B-Instruct", "QWEN/other", False, False),
        ("qwen3-vl-plus", "qwen3-vl-plus-2025-09-23", False, True),
    ],
)
def test_names_of_models(asked: str, replied: str, same: bool, snapshot: bool) -> None:
    assert (model_names.same(asked, replied), model_names.is_snapshot(asked, replied)) == (same, snapshot)


@pytest.mark.parametrize(
    ("own", "told"),
    [
        ({"id": "m", "root": "m", "owned_by": "vllm", "created": 1, "max_model_len": 4096}, '{"root":"m"}'),
        ({"id": "m", "root": "Qwen/Qwen2-VL-2B", "created": 1}, '{"root":"Qwen/Qwen2-VL-2B"}'),
        ({"id": "m", "meta": {"n_params": 7, "n_ctx_train": 9}}, '{"n_params":7}'),
        ({"id": "other", "root": "x"}, ""),
    ],
)
def test_what_of_a_listing_tells_models_apart(own: dict[str, object], told: str) -> None:
    assert described([own], "m") == told


def test_servers_are_asked_and_one_that_is_away_is_left_out() -> None:
    def one(url: str, remote: bool = False, served_by: str = "") -> ChatAnswerer:
        price = {"input": 0.0, "output": 0.0}
        return ChatAnswerer("server", "scripted", url, price=price, remote=remote, served_by=served_by)

    with scripted_server.running() as server:
        assert one(server.url).who_serves() == {server.url: ""}
        assert one(server.url, served_by="mine").who_serves() == {}
        assert one(server.url, remote=True).who_serves() == {server.url: ""}, "its config does not say who serves"
        url = server.url
    assert ask_who_serves(one(url).access) == {}
    assert one(url).identity_of(['{"root":"x"}']) != one(url).identity == one(url).identity_of(())
    assert one(url).identity_of(['{"root":"scripted"}']) == one(url).identity, "what is kept of it stays"
