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
from promptfit.types import Answer, NoAnswer, Request

ROOT = {"http://a": '{"root":"Qwen2-VL-2B"}'}
REQUEST = Request(Path("x.png"), "0" * 64, "Имя")


class Behind:
    """A scripted answerer behind servers that say what they are told to say; None: they are away."""

    remote, model, says_who = False, "qwen", False

    def __init__(self, says: Mapping[str, str] | None, address: str = "http://a", replied: str = "qwen") -> None:
        self.addresses, self._says, self._replied = (address,), says, replied
        self.replied: frozenset[str] = frozenset()

    @property
    def identity(self) -> str:
        return self.identity_of(())

    def identity_of(self, served: Sequence[str]) -> str:
        return f"qwen {sorted(served)}"

    def who_serves(self) -> dict[str, str]:
        return dict(self._says or {})

    def answer(self, requests: Sequence[Request]) -> Iterator[tuple[int, Answer | NoAnswer]]:
        for index, _ in enumerate(requests):
            self.replied = frozenset({self._replied})
            yield index, Answer(self.addresses[0])


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


def test_a_reply_that_names_another_model_is_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    cache = AnswerCache(tmp_path / "kept.sqlite")
    asked(cache, Behind({}))
    with caplog.at_level(logging.WARNING):
        kept = CachedAnswerer(Behind({}, replied="qwen-7b"), cache)
        list(kept.answer([Request(Path("x.png"), "1" * 64, "Имя")]))
    assert "name the model qwen-7b, those before named qwen" in caplog.text


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
