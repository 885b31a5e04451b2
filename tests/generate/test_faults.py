"""An API that misbehaves: what may pass is tried again, what may not stops at once, and the key is said nowhere."""

from __future__ import annotations

import contextlib
import io
import logging
import traceback
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from benchmarks.stated import stated

from promptfit.generate.chat_generator import ChatGenerator
from promptfit.generate.generator import Completion, Flagged, Message
from promptfit.support.http import error_reply, faults
from promptfit.types import PromptfitError
from scripted_server import Server, running

KEY = "sk-planted-7f3e9c1b5a"
ASKED = [Message("user", "Поле: СНИЛС\n<prompt>Напиши СНИЛС</prompt>\nСколько промптов написать: 1.")]
TEMPORARY = ("429", "retry-after", "500", "reset", "stall", "half", "html", "empty")
PERMANENT = {
    "auth": "valid key",
    "model": "model: scripted",
    "credit": "no credit",
    "credit-402": "no credit",
    "400": "400",
    "country": "403: Country, region",
    "right": "has no right to model: scripted",
    "forbidden": "403: Ask your administrator",
    "temperature": "`temperature: null`",
}
NOT_THE_KEY = ("400", "country", "temperature")


@pytest.fixture(scope="module")
def shared() -> Iterator[Server]:
    with running(stall=1.2) as server:
        yield server


@pytest.fixture
def server(shared: Server, monkeypatch: pytest.MonkeyPatch) -> Server:
    monkeypatch.setenv("PLANTED_KEY", KEY)
    shared.control(faults=0.0, kind="mixed", most=3, seed=0, retry_after=0.05, forget=True)
    return shared


def patience(kind: str) -> float:
    """Seconds to wait for a reply: a busy machine is no stall."""
    return 0.4 if kind == "stall" else 9.0


def generator(server: Server, **settings: Any) -> ChatGenerator:
    given = {"name": "one", "key_variable": "PLANTED_KEY", "price": {"input": 1, "output": 1}, "timeout": 9.0}
    made: ChatGenerator = stated(
        "generator/_chat", model="scripted", base_url=server.url, **given | {"wait": 0.01} | settings
    )
    return made


@pytest.mark.parametrize("kind", TEMPORARY)
def test_what_may_pass_is_tried_again(kind: str, server: Server) -> None:
    expected = generator(server).complete(ASKED).text
    server.control(faults=1.0, kind=kind, most=2, forget=True)
    assert generator(server, timeout=patience(kind)).complete(ASKED).text == expected
    assert [call["fault"] for call in server.calls()][:3] == [kind, kind, ""]


@pytest.mark.parametrize("kind", TEMPORARY)
def test_what_does_not_pass_is_given_up_with_a_word_on_what_is_kept(kind: str, server: Server) -> None:
    server.control(faults=1.0, kind=kind, most=9)
    with pytest.raises(PromptfitError, match=r"conf/generator/one\.yaml.*run again later, what was completed is kept"):
        generator(server, attempts=2, timeout=patience(kind)).complete(ASKED)
    assert len(server.calls()) == 2


@pytest.mark.parametrize("kind", PERMANENT)
def test_what_can_not_pass_stops_at_once(kind: str, server: Server) -> None:
    server.control(kind=kind)
    with pytest.raises(PromptfitError, match=rf"conf/generator/one\.yaml.*{PERMANENT[kind]}") as fault:
        generator(server).complete(ASKED)
    assert len(server.calls()) == 1
    assert kind in NOT_THE_KEY or "PLANTED_KEY" in str(fault.value)


def test_what_a_filter_flags_is_told_apart_since_other_messages_may_pass(server: Server) -> None:
    server.control(faults=1.0, kind="flagged", most=9)
    with pytest.raises(Flagged, match=r"conf/generator/one\.yaml.*403: Your input was flagged.*its filter"):
        generator(server).complete(ASKED)
    assert len(server.calls()) == 1


def test_nobody_at_the_address() -> None:
    nowhere = {"base_url": "http://127.0.0.1:9/v1", "price": {"input": 0, "output": 0}, "attempts": 2, "wait": 0.01}
    one = stated("generator/_chat", name="one", model="m", **nowhere)
    with pytest.raises(PromptfitError, match=r"127\.0\.0\.1:9.*nobody is there"):
        one.complete(ASKED)


def test_nothing_follows_a_redirection_to_another_host(server: Server) -> None:
    with running() as other:
        server.control(faults=1.0, kind="moved", moved_to=f"{other.url}/chat/completions")
        with pytest.raises(PromptfitError, match="base_url"):
            generator(server).complete(ASKED)
        assert len(server.calls()) == 1 and not other.calls()


def test_the_server_says_when_to_come_back(server: Server) -> None:
    server.control(faults=1.0, kind="retry-after", most=1, retry_after=0.4)
    generator(server).complete(ASKED)
    first, second = server.calls()
    assert second["began"] - first["ended"] >= 0.4


def test_who_is_sent_away_for_long_does_not_wait(server: Server) -> None:
    server.control(faults=1.0, kind="retry-after", retry_after=3600)
    with pytest.raises(PromptfitError, match="429"):
        generator(server).complete(ASKED)
    assert len(server.calls()) == 1


def test_a_date_to_come_back_at() -> None:
    at = format_datetime(datetime.now(UTC) + timedelta(seconds=30), usegmt=True)
    fault = error_reply.of_status(503, "", {"retry-after": at}, "")
    assert isinstance(fault, faults.Temporary) and 25 < (fault.wait or 0) <= 30
    assert error_reply.of_status(503, "", {"retry-after": "soon"}, "").wait is None  # type: ignore[union-attr]


def test_a_refusal_is_a_reply(server: Server) -> None:
    server.control(kind="refusal")
    assert "can't assist" in generator(server).complete(ASKED).text
    assert len(server.calls()) == 1


@pytest.mark.parametrize("kind", ["no-usage", "negative-usage", "absurd-usage"])
def test_usage_that_can_not_be_is_estimated(kind: str, server: Server, caplog: pytest.LogCaptureFixture) -> None:
    honest = generator(server).complete(ASKED)
    server.control(kind=kind)
    reply = generator(server, name=f"with-{kind}").complete(ASKED)  # each configuration is told of once a process
    assert "can't be; estimated" in caplog.text
    assert reply.text == honest.text
    assert honest.tokens_in <= reply.tokens_in <= 5 * honest.tokens_in
    assert honest.tokens_out <= reply.tokens_out <= 5 * honest.tokens_out
    assert reply.cost == pytest.approx((reply.tokens_in + reply.tokens_out) / 1e6)


def test_the_same_completions_where_a_third_of_the_calls_fail(server: Server) -> None:
    def all_of_them() -> list[Completion]:
        one = generator(server, timeout=0.8)
        talks = [[Message("user", f"{number}\n{ASKED[0].text}")] for number in range(24)]
        with ThreadPoolExecutor(8) as pool:
            return list(pool.map(one.complete, talks))

    expected = [reply.text for reply in all_of_them()]
    server.control(faults=0.3, forget=True)
    assert [reply.text for reply in all_of_them()] == expected
    seen = Counter(call["fault"] for call in server.calls())
    assert 0.15 < 1 - seen[""] / seen.total() < 0.45
    assert len(seen) >= 6, "mixed"


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (200, '{"error": {"code": 402, "message": "no credit"}}', "credit"),
        (429, '[{"error": {"code": 429, "message": "Resource exhausted", "status": "RESOURCE_EXHAUSTED"}}]', None),
        (429, '{"error": "insufficient_quota is what they say"}', None),
        (403, "Forbidden", "forbidden"),
        (422, '{"detail": "no such parameter"}', "request"),
        (529, "overloaded", None),
    ],
)
def test_errors_in_the_words_of_other_servers(status: int, body: str, kind: str | None) -> None:
    fault = error_reply.of_status(402 if status == 200 else status, body, {}, "")
    assert getattr(fault, "kind", None) == kind


@pytest.mark.parametrize("kind", [*TEMPORARY, *PERMANENT, "refusal", "absurd-usage", ""])
def test_the_key_is_said_nowhere(kind: str, server: Server, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    server.control(faults=float(bool(kind)), kind=kind or "mixed", most=9)
    one = generator(server, attempts=2, timeout=patience(kind))
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        try:
            said.write(repr(one.complete(ASKED)))
        except PromptfitError as error:
            said.write("".join(traceback.TracebackException.from_exception(error, capture_locals=True).format()))
            chain: BaseException | None = error
            while chain:
                said.write(repr(chain))
                assert not type(chain).__module__.startswith("aiohttp"), "these hold the request"
                chain = chain.__context__
    written = [said.getvalue(), caplog.text, repr(one), one.identity, repr(vars(one)), repr(one.__getstate__())]
    assert server.calls()[0]["authorized"]
    assert not any(KEY in text or KEY[3:] in text for text in written)
