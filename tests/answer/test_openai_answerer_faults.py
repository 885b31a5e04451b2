"""Servers that misbehave: each fault is named, and limited to its own request; the key is said nowhere."""

from __future__ import annotations

import contextlib
import io
import logging
import pickle
import re
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import scripted_vlm
from parted import answered, parted
from promptfit.answer.cached_answerer import AnswerCache, CachedAnswerer
from promptfit.answer.chat.chat_answerer import ChatAnswerer
from promptfit.types import Answer, PromptfitError, Request
from scripted_server import Server
from scripted_vlm import answer_of

KEY = "sk-planted-7f3e9c1b5a"
TEMPORARY = ("429", "retry-after", "500", "reset", "stall", "half", "html", "empty")
PERMANENT = {
    "auth": r"401: Incorrect API key provided: \[key\].*valid key",
    "model": "model: scripted",
    "credit": "no credit",
    "credit-402": "no credit",
    "right": r"403: Project `p` does not have access.*the key was \[key\].*has no right to model: scripted",
    "forbidden": r"403: Ask your administrator about \[key\].*what that may use",
}
STOPS = {
    "country": "403: Country, region.*another model",
    "temperature": r"400: .*in that file say `temperature: null`",
}


@pytest.fixture(scope="module")
def shared() -> Iterator[Server]:
    with scripted_vlm.running(stall=1.2) as server:
        yield server


@pytest.fixture
def server(shared: Server, monkeypatch: pytest.MonkeyPatch) -> Server:
    monkeypatch.setenv("PLANTED_KEY", KEY)
    shared.control(faults=0.0, kind="mixed", most=3, seed=0, retry_after=0.05, context=10**9, forget=True)
    return shared


@pytest.fixture
def requests(picture: Callable[..., tuple[Path, str]]) -> list[Request]:
    """Four images with three prompts each."""
    return [Request(*picture(seed), f"Напиши {number}") for seed in range(4) for number in range(3)]


def answerer(server: Server, **settings: Any) -> ChatAnswerer:
    given: dict[str, Any] = {
        "key_variable": "PLANTED_KEY",
        "price": {"input": 1, "output": 1},
        "timeout": 9.0,
        "wait": 0.01,
    }
    return ChatAnswerer("one", "scripted", server.url, **given | settings)


def patience(kind: str) -> float:
    """Seconds to wait for a reply: a busy machine is no stall."""
    return 0.5 if kind == "stall" else 9.0


def expected(requests: list[Request]) -> list[str]:
    return [answer_of(one.image.read_bytes(), one.prompt) for one in requests]


def said(one: ChatAnswerer, requests: list[Request]) -> list[str]:
    answers = answered(one.answer(requests))
    return [answers[index].text for index in range(len(requests))]


def heard(one: ChatAnswerer, requests: list[Request]) -> tuple[dict[int, Answer], dict[int, str]]:
    """Answers, and the reasons of those that there are none of."""
    return parted(one.answer(requests))


@pytest.mark.parametrize("kind", TEMPORARY)
def test_what_may_pass_is_tried_again(kind: str, server: Server, requests: list[Request]) -> None:
    server.control(faults=1.0, kind=kind, most=2)
    assert said(answerer(server, timeout=patience(kind)), requests[:1]) == expected(requests[:1])
    assert [call["fault"] for call in server.calls()] == [kind, kind, ""]


@pytest.mark.parametrize("kind", TEMPORARY)
def test_what_does_not_pass_is_named_for_its_own_request(kind: str, server: Server, requests: list[Request]) -> None:
    server.control(faults=1.0, kind=kind, most=9)
    answers, faults = heard(answerer(server, attempts=2, timeout=patience(kind)), requests[:3])
    assert not answers and faults.keys() == {0, 1, 2}
    assert all(re.search("429|500|failed|no reply|no JSON|no message", why) for why in faults.values()), faults


def test_equal_answers_where_a_third_of_the_calls_fail(
    server: Server, picture: Callable[..., tuple[Path, str]]
) -> None:
    requests = [Request(*picture(seed), f"Напиши {number}") for seed in range(8) for number in range(15)]
    server.control(faults=0.3)
    assert said(answerer(server, timeout=1.0), requests) == expected(requests)
    seen = Counter(call["fault"] for call in server.calls())
    assert 0.15 < 1 - seen[""] / seen.total() < 0.45
    assert len(seen) >= 6, "mixed"


def test_one_that_stalls_does_not_hold_up_the_rest(server: Server, requests: list[Request]) -> None:
    bad = Request(requests[0].image, requests[0].image_digest, "stall")
    answers, faults = heard(answerer(server, attempts=2, timeout=0.5), [bad, *requests])
    assert [answers[index + 1].text for index in range(len(requests))] == expected(requests)
    assert faults == {0: "no reply within 0.5 s"}


def test_a_context_too_long_for_the_image_is_the_fault_of_its_own_requests(
    server: Server, requests: list[Request], picture: Callable[..., tuple[Path, str]]
) -> None:
    large = [Request(*picture(9, (200, 200)), f"{number}") for number in range(40)]
    server.control(context=20_000)
    answers, faults = heard(answerer(server), [*large, *requests])
    assert sorted(answers) == list(range(40, 40 + len(requests)))
    assert set(faults.values()) == {"400: This model's maximum context length is 4096 tokens."}
    assert len(server.calls()) == len(large) + len(requests), "it is not tried again"


def test_an_empty_text_is_an_answer_and_what_a_filter_withheld_is_none(server: Server, requests: list[Request]) -> None:
    asked = [Request(requests[0].image, "a", prompt) for prompt in ("silent", "refuse")]
    answers, faults = heard(answerer(server), asked)
    assert answers[0].text == "" and answers[0].said
    assert faults == {1: "the provider's filter struck (content_filter)"}
    assert len(server.calls()) == 2


def test_who_is_sent_away_for_long_does_not_wait(server: Server, requests: list[Request]) -> None:
    server.control(faults=1.0, kind="retry-after", most=99, retry_after=3600)
    with pytest.raises(PromptfitError, match="run again later, what was answered is kept"):
        list(answerer(server).answer(requests))
    assert len(server.calls()) <= len(requests)


@pytest.mark.parametrize("kind", PERMANENT)
def test_what_can_not_pass_stops_at_once(kind: str, server: Server, requests: list[Request]) -> None:
    server.control(kind=kind)
    with pytest.raises(PromptfitError, match=rf"conf/model/one\.yaml.*{PERMANENT[kind]}") as fault:
        list(answerer(server, concurrency=1).answer(requests))
    assert "PLANTED_KEY" in str(fault.value)
    assert len(server.calls()) == 1


@pytest.mark.parametrize("kind", STOPS)
def test_what_is_no_matter_of_the_key_stops_with_its_own_remedy(
    kind: str, server: Server, requests: list[Request]
) -> None:
    server.control(kind=kind)
    with pytest.raises(PromptfitError, match=rf"conf/model/one\.yaml.*{STOPS[kind]}") as fault:
        list(answerer(server, concurrency=1).answer(requests))
    assert "valid key" not in str(fault.value) and len(server.calls()) == 1


def test_what_a_filter_flags_is_the_matter_of_its_own_document(server: Server, requests: list[Request]) -> None:
    bad = Request(requests[0].image, requests[0].image_digest, "flag")
    answers, faults = heard(answerer(server), [bad, *requests])
    assert sorted(answers) == list(range(1, len(requests) + 1))
    assert faults == {0: "403: Your input was flagged: sexual"}


def test_settings_that_every_call_is_refused_for_stop_the_rest(
    server: Server, picture: Callable[..., tuple[Path, str]]
) -> None:
    server.control(kind="400")
    with pytest.raises(PromptfitError, match="check model: scripted and the settings there"):
        list(answerer(server).answer([Request(*picture(seed), "?") for seed in range(80)]))
    assert len(server.calls()) < 80


def test_a_server_that_is_not_there(requests: list[Request]) -> None:
    one = ChatAnswerer("one", "m", "http://127.0.0.1:9/v1", price={"input": 0, "output": 0}, wait=0.01)
    with pytest.raises(PromptfitError, match=r"conf/model/one\.yaml: http://127\.0\.0\.1:9/v1.*nobody is there"):
        list(one.answer(requests))


def test_nothing_follows_a_redirection_to_another_host(server: Server, requests: list[Request]) -> None:
    with scripted_vlm.running() as other:
        server.control(faults=1.0, kind="moved", moved_to=f"{other.url}/chat/completions")
        with pytest.raises(PromptfitError, match="base_url"):
            list(answerer(server).answer(requests[:1]))
        assert len(server.calls()) == 1 and not other.calls()


def test_a_provider_that_is_down_ends_the_run_soon_and_the_next_one_goes_on(
    server: Server, picture: Callable[..., tuple[Path, str]], tmp_path: Path
) -> None:
    requests = [Request(*picture(seed), "?") for seed in range(40)]
    kept = AnswerCache(tmp_path / "answers.sqlite")
    list(CachedAnswerer(answerer(server), kept).answer(requests[:10]))
    server.control(kind="500", faults=1.0, most=10**6, forget=True)
    with pytest.raises(PromptfitError, match=r"can't be asked now \(500: .*run again later, what was answered is kept"):
        list(CachedAnswerer(answerer(server, attempts=3), kept).answer(requests))
    assert len(server.calls()) < 3 * 30
    server.control(faults=0.0, forget=True)
    texts = answered(CachedAnswerer(answerer(server), kept).answer(requests))
    assert [texts[index].text for index in range(40)] == expected(requests) and len(server.calls()) == 30


def test_what_came_before_the_server_died_is_kept(tmp_path: Path, picture: Callable[..., tuple[Path, str]]) -> None:
    requests = [Request(*picture(seed), "?") for seed in range(60)]
    kept, path = [], tmp_path / "answers.sqlite"
    with scripted_vlm.running(work=0.02) as server:
        one = answerer(server, key_variable=None, attempts=2, concurrency=4, remote=False)
        store = CachedAnswerer(one, AnswerCache(path))
        with pytest.raises(PromptfitError, match="run again later, what was answered is kept"):
            for index, said_of in store.answer(requests):
                kept += [index] * isinstance(said_of, Answer)
                if len(kept) == 20:
                    server.process.kill()
    with scripted_vlm.running() as server:
        store = CachedAnswerer(answerer(server, key_variable=None, remote=False), AnswerCache(path))
        texts = answered(store.answer(requests))
        assert [texts[index].text for index in range(60)] == expected(requests)
        assert len(server.calls()) == 60 - len(kept)


@pytest.mark.parametrize("key", [None, "", "ключ", "sk one"])
def test_a_key_that_is_none_is_found_before_anything_is_sent(
    key: str | None, server: Server, requests: list[Request], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ONE_KEY", raising=False)
    if key is not None:
        monkeypatch.setenv("ONE_KEY", key)
    with pytest.raises(PromptfitError, match=r"conf/model/one\.yaml: the environment variable ONE_KEY"):
        list(answerer(server, key_variable="ONE_KEY").answer(requests))
    assert not server.calls()


@pytest.mark.parametrize("kind", ["no-usage", "negative-usage", "absurd-usage"])
def test_usage_that_can_not_be_is_estimated(kind: str, server: Server, requests: list[Request]) -> None:
    server.control(kind=kind)
    one = answered(answerer(server).answer(requests[:1]))[0]
    assert 300 < one.tokens_in < 1000 and 1 <= one.tokens_out <= 12
    assert one.cost == pytest.approx((one.tokens_in + one.tokens_out) / 1e6)


@pytest.mark.parametrize("kind", [*TEMPORARY, *PERMANENT, *STOPS, "400", "refusal", "absurd-usage", ""])
def test_the_key_is_said_nowhere(
    kind: str, server: Server, requests: list[Request], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    server.control(faults=float(bool(kind)), kind=kind or "mixed", most=9)
    one = answerer(server, attempts=2, timeout=patience(kind))
    output = io.StringIO()
    with contextlib.redirect_stdout(output), contextlib.redirect_stderr(output):
        try:
            output.write(repr(list(one.answer(requests))))
        except PromptfitError as error:
            chain: BaseException | None = error
            while chain:
                told = traceback.TracebackException.from_exception(chain, capture_locals=True)
                output.write(repr(chain) + "".join(told.format()))
                chain = chain.__context__
    written = [output.getvalue(), caplog.text, repr(one), one.identity, repr(vars(one)), repr(vars(one._session()))]
    written.append(pickle.dumps(one).decode("latin-1"))
    assert server.calls()[0]["authorized"]
    assert not any(KEY in text or KEY[3:] in text for text in written)
