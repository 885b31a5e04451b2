"""The generator over real HTTP: what is sent, what comes back, and what names it."""

from __future__ import annotations

import json
import pickle
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from benchmarks.stated import stated
from PIL import Image

from promptfit.generate.cached_generator import CachedGenerator, CompletionCache
from promptfit.generate.chat_generator import ChatGenerator
from promptfit.generate.generator import Message
from promptfit.types import PromptfitError
from scripted_server import Server, running

ASKED = [
    Message("system", "Ты пишешь промпты."),
    Message("user", "Поле: passport Фамилия\nCER 0.5: <prompt>Напиши Фамилия</prompt>\nСколько промптов написать: 2."),
]


@pytest.fixture(scope="module")
def shared() -> Iterator[Server]:
    with running() as server:
        yield server


@pytest.fixture
def server(shared: Server) -> Server:
    shared.control(replies_as="", thoughts=0, bill=-1.0, forget=True)
    return shared


def generator(server: Server, **settings: Any) -> ChatGenerator:
    own = {"name": "one", "model": "scripted", "base_url": server.url, "price": {"input": 2, "output": 10}}
    made: ChatGenerator = stated("generator/_chat", **own | settings)
    return made


def picture(path: Path, size: tuple[int, int], orientation: int = 1) -> Path:
    image = Image.linear_gradient("L").resize(size).convert("RGB")
    exif = image.getexif()
    exif[0x0112] = orientation
    image.save(path, exif=exif)
    return path


def test_a_reply_with_its_tokens_money_and_seconds(server: Server) -> None:
    reply = generator(server).complete(ASKED)
    assert reply.text.count("<prompt>") == 2
    assert reply.tokens_in > 20 and reply.tokens_out > 10 and reply.seconds > 0
    assert reply.cost == pytest.approx((reply.tokens_in * 2 + reply.tokens_out * 10) / 1e6)
    (call,) = server.calls()
    assert [message["role"] for message in call["messages"]] == ["system", "user"]
    assert call["messages"][1]["text"] == ASKED[1].text
    assert (call["model"], call["temperature"], call["max_tokens"]) == ("scripted", 1.0, 2048)
    assert "seed" not in call


def test_thoughts_and_bills_count_as_the_server_says(server: Server) -> None:
    bare = generator(server).complete(ASKED)
    server.control(thoughts=100)
    assert generator(server).complete(ASKED).tokens_out == bare.tokens_out + 100
    server.control(bill=0.25)
    assert generator(server).complete(ASKED).cost == 0.25


def test_what_another_model_replies_is_kept_as_its_own(
    server: Server, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def kept() -> CachedGenerator:
        return CachedGenerator(generator(server), CompletionCache(tmp_path / "kept.sqlite"))

    assert kept().complete(ASKED).model == "scripted"
    server.control(replies_as="gpt-5.4")
    assert [kept().complete(ASKED, draw).model for draw in (1, 1)] == ["gpt-5.4", "gpt-5.4"]
    assert len(server.calls()) == 2, "a later run looks it up as that model's"
    assert "scripted: replies name the model gpt-5.4" in caplog.text
    own, other = CompletionCache(tmp_path / "kept.sqlite").stats()
    assert own.identity == generator(server).identity and (own.rows, other.rows) == (1, 1)


def test_a_quote_is_more_than_the_call_takes(server: Server, tmp_path: Path) -> None:
    shown = Message("user", ASKED[1].text, (picture(tmp_path / "a.png", (300, 200)),))
    one = generator(server)
    quote, reply = one.quote([shown]), one.complete([shown])
    assert quote.tokens_in >= reply.tokens_in and quote.tokens_out == 2048 >= reply.tokens_out
    assert quote.cost >= reply.cost > 0
    assert len(server.calls()) == 1


def test_images_are_bounded_upright_and_lossless(server: Server, tmp_path: Path) -> None:
    large = picture(tmp_path / "a.jpg", (800, 400), orientation=6)  # lies on its side
    small = picture(tmp_path / "b.png", (40, 30))
    talk = [Message("user", "one", (large, small)), Message("user", "two", (small,))]
    generator(server, max_images=2, max_pixels=20_000).complete(talk)
    (call,) = server.calls()
    assert call["images"] == [
        {"width": 100, "height": 200, "format": "PNG"},
        {"width": 40, "height": 30, "format": "PNG"},
    ]


def test_who_does_not_see_is_shown_nothing(server: Server, tmp_path: Path) -> None:
    generator(server, vision=False).complete([Message("user", "one", (picture(tmp_path / "a.png", (40, 30)),))])
    assert server.calls()[0]["images"] == []


def test_an_image_that_is_none_is_named_before_anything_is_sent(server: Server, tmp_path: Path) -> None:
    (tmp_path / "a.png").write_text("no image")
    with pytest.raises(PromptfitError, match=r"a\.png: not an image"):
        generator(server).complete([Message("user", "one", (tmp_path / "a.png",))])
    assert not server.calls()


def test_parameters_that_models_name_differently(server: Server) -> None:
    one = generator(
        server,
        max_tokens_name="max_completion_tokens",
        max_tokens=99,
        temperature=None,
        extra_body={"reasoning_effort": "low"},
    )
    one.complete(ASKED)
    (call,) = server.calls()
    assert (call["max_completion_tokens"], call["reasoning_effort"]) == (99, "low")
    assert "temperature" not in call and "max_tokens" not in call


def test_another_draw_is_another_seed(server: Server) -> None:
    one = generator(server, seed=7)
    replies = [one.complete(ASKED, draw).text for draw in (0, 1, 0)]
    assert replies[0] == replies[2] != replies[1]
    assert [call["seed"] for call in server.calls()] == [7, 8, 7]


def test_calls_go_on_side_by_side(server: Server) -> None:
    server.control(delay=0.6)
    one = generator(server)
    with ThreadPoolExecutor(8) as pool:
        replies = list(pool.map(lambda number: one.complete([Message("user", f"{number} <prompt>")]), range(8)))
    server.control(delay=0.0)
    calls = server.calls()
    assert len(replies) == len(calls) == 8
    assert max(call["began"] for call in calls) < min(call["ended"] for call in calls)


def test_a_server_without_keys_is_sent_none(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_API_KEY", "OPENAI_ADMIN_KEY", "OPENAI_ORG_ID", "OPENAI_PROJECT_ID"):
        monkeypatch.setenv(name, "sk-somebody-elses")
    generator(server, key_variable=None).complete(ASKED)
    monkeypatch.setenv("ONE_KEY", "sk-one")
    generator(server, key_variable="ONE_KEY").complete(ASKED)
    assert [call["authorized"] for call in server.calls()] == [False, True]


def test_a_pickled_generator_asks_as_before(server: Server) -> None:
    one = generator(server)
    before = one.complete(ASKED)
    copy = pickle.loads(pickle.dumps(one))
    assert copy.identity == one.identity
    assert copy.complete(ASKED).text == before.text


def test_identity_names_what_changes_a_completion_only(server: Server) -> None:
    one = generator(server)
    assert json.loads(one.identity)["model"] == "scripted"
    other = {"timeout": 5.0, "attempts": 2, "concurrency": 1, "price": {"input": 0, "output": 0}, "name": "two"}
    assert generator(server, **other).identity == one.identity
    for change in ({"temperature": 0.5}, {"max_tokens": 9}, {"max_images": 1}, {"vision": False}, {"model": "other"}):
        assert generator(server, **change).identity != one.identity


@pytest.mark.parametrize("key", [None, "", "  ", "ключ", "sk one", "sk\none"])
def test_a_key_that_is_none_is_found_before_anything_is_sent(
    key: str | None, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ONE_KEY", raising=False)
    if key is not None:
        monkeypatch.setenv("ONE_KEY", key)
    with pytest.raises(PromptfitError, match=r"conf/generator/one\.yaml: the environment variable ONE_KEY"):
        generator(server, key_variable="ONE_KEY").check()
    assert not server.calls()


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"attempts": 0}, "attempts"),
        ({"max_tokens": 0}, "max_tokens"),
        ({"max_images": -1}, "max_images"),
        ({"base_url": "https://me:secret@example.org/v1"}, "base_url must hold no secret"),
        ({"base_url": "https://example.org/v1?key=secret"}, "base_url must hold no secret"),
        ({"key_variable": "sk-proj-secret"}, "never the key"),
    ],
)
def test_settings_that_can_not_be(settings: dict[str, Any], said: str, server: Server) -> None:
    with pytest.raises(PromptfitError, match=said) as fault:
        generator(server, **settings)
    assert "secret" not in str(fault.value).replace("no secret", "")
