"""How many calls are under way, at one server and at several; and memory, whatever the number of requests."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

import scripted_vlm
from promptfit.answer.cached_answerer import AnswerCache, CachedAnswerer
from promptfit.answer.chat.chat_answerer import ChatAnswerer
from promptfit.support.http.faults import Temporary
from promptfit.support.http.limiter import Limiter
from promptfit.types import Request
from scripted_server import Server
from scripted_vlm import answer_of

NOBODY = "http://127.0.0.1:9/v1"
PROGRAM = """
import sys; from pathlib import Path
from promptfit.answer.chat.chat_answerer import ChatAnswerer
from promptfit.answer.cached_answerer import AnswerCache, CachedAnswerer
from promptfit.types import Request
url, folder = sys.argv[1], Path(sys.argv[2])
one = ChatAnswerer("one", "m", url, price={"input": 0, "output": 0}, concurrency=4, remote=False)
paths = sorted(folder.glob("*.png"))
requests = [Request(path, path.name, f"{number}") for path in paths for number in range(30)]
for _ in CachedAnswerer(one, AnswerCache(folder / "answers.sqlite")).answer(requests):
    print(".", flush=True)
"""


@pytest.fixture
def server() -> Iterator[Server]:
    with scripted_vlm.running(work=0.01) as server:
        yield server


def answerer(url: str | Sequence[str], **settings: Any) -> ChatAnswerer:
    return ChatAnswerer("one", "m", url, **{"price": {"input": 0, "output": 0}, "wait": 0.01, **settings})


def asked(picture: Callable[..., tuple[Path, str]], images: int, prompts: int) -> list[Request]:
    return [Request(*picture(seed), f"{number}") for seed in range(images) for number in range(prompts)]


def right(answers: dict[int, Any], requests: list[Request]) -> bool:
    said = [answers[index].text for index in range(len(requests))]
    return said == [answer_of(one.image.read_bytes(), one.prompt) for one in requests]


def test_a_gate_grows_while_it_is_full_and_quiet() -> None:
    limiter = Limiter(most=20, wait=0.0)
    assert limiter.limit == 8
    for _ in range(50):
        limiter.busy = 7
        limiter.quiet()
    assert limiter.limit == 8, "it was never full"
    for _ in range(50):
        limiter.busy = limiter.limit
        limiter.quiet()
    assert limiter.limit == 20


@pytest.mark.parametrize("cause", ["busy", "slow"])
def test_a_gate_halves_once_for_calls_that_were_under_way_together(cause: str) -> None:
    limiter = Limiter(most=16, wait=0.0)
    for _ in range(12):
        limiter.busy = limiter.limit
        limiter.quiet()
    began = time.monotonic()
    for _ in range(16):
        limiter.loud(Temporary("too much", cause=cause), began)
    assert limiter.limit == 8
    limiter.loud(Temporary("too much", cause=cause), time.monotonic())
    assert limiter.limit == 4
    for _ in range(4):
        limiter.busy = limiter.limit
        limiter.quiet()
    assert limiter.limit == 4, "from now on one more a round, not twice as many"


def test_a_gate_stays_closed_for_as_long_as_the_server_says() -> None:
    limiter = Limiter(most=16, wait=0.0)
    limiter.loud(Temporary("too much", wait=30.0, cause="busy"), time.monotonic())
    assert 29 < limiter.opens_in() <= 30 and limiter.room == 0


def test_calls_under_way_grow_to_what_the_server_bears_and_back_off_beyond(
    server: Server, picture: Callable[..., tuple[Path, str]]
) -> None:
    requests = asked(picture, 10, 30)
    one = answerer(server.url, concurrency=24)
    assert right(dict(one.answer(requests)), requests)
    calls = server.calls()
    assert max(call["under_way"] for call in calls[:8]) <= 8
    assert max(call["under_way"] for call in calls) > 12
    server.control(capacity=6, forget=True)
    assert right(dict(one.answer(requests)), requests)
    calls = server.calls()
    turned_away = [call for call in calls if call["fault"] == "429"]
    assert 0 < len(turned_away) < len(requests) / 3
    assert max(call["under_way"] for call in calls[len(calls) // 2 :]) <= 12


def test_the_server_says_when_to_come_back_and_all_calls_wait(
    server: Server, picture: Callable[..., tuple[Path, str]]
) -> None:
    requests = asked(picture, 2, 10)
    server.control(faults=1.0, kind="retry-after", most=1, retry_after=1)
    one = answerer(server.url, concurrency=1)
    stream = one.answer(requests)
    next(stream)
    assert isinstance(stream, Generator)
    stream.close()
    first, second = server.calls()[:2]
    assert first["fault"] == "retry-after" and second["began"] - first["ended"] >= 1


def test_several_servers_share_the_work(server: Server, picture: Callable[..., tuple[Path, str]]) -> None:
    requests = asked(picture, 10, 12)
    server.control(work=0.2)  # so that no server is done with a call before the next one goes out
    with scripted_vlm.running(work=0.2) as other:
        assert right(dict(answerer([server.url, other.url]).answer(requests)), requests)
        shares = [len(server.calls()), len(other.calls())]
    assert sum(shares) == len(requests) and min(shares) > len(requests) / 5


def test_a_dead_server_of_several_is_left_out_with_a_word(
    server: Server, picture: Callable[..., tuple[Path, str]], caplog: pytest.LogCaptureFixture
) -> None:
    requests = asked(picture, 6, 10)
    with caplog.at_level(logging.WARNING):
        assert right(dict(answerer([NOBODY, server.url]).answer(requests)), requests)
    assert caplog.text.count("http://127.0.0.1:9/v1 is left out for 30 s: nobody is there") == 1


def test_a_killed_run_goes_on_where_it_was(
    server: Server, picture: Callable[..., tuple[Path, str]], tmp_path: Path
) -> None:
    requests = asked(picture, 5, 30)
    command = [sys.executable, "-c", PROGRAM, server.url, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        for _ in range(50):
            assert process.stdout and process.stdout.readline()
        os.kill(process.pid, signal.SIGKILL)
    store = AnswerCache(tmp_path / "answers.sqlite")
    (kept,) = store.stats()
    assert 50 <= kept.rows < len(requests)
    server.control(forget=True)
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.count(".") == len(requests)
    assert len(server.calls()) == len(requests) - kept.rows
    again = CachedAnswerer(answerer(server.url, remote=False), store)
    renamed = [Request(one.image, one.image.name, one.prompt) for one in requests]
    assert right(dict(again.answer(renamed)), renamed) and again.asked == 0


@pytest.mark.slow
def test_memory_does_not_grow_with_the_requests(server: Server, picture: Callable[..., tuple[Path, str]]) -> None:
    import psutil

    def used(number: int) -> int:
        """Bytes at the end of so many answers."""
        requests = [Request(path, digest, str(index)) for index in range(number)]
        return sum(1 for _ in one.answer(requests)) and psutil.Process().memory_info().rss

    server.control(work=0.0)
    (path, digest), one = picture(1), answerer(server.url)
    small = used(1000)
    assert used(8000) - small < 20 * 1024 * 1024
