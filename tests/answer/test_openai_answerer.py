"""The answerer over real HTTP: what is sent, what comes back, and what names it."""

from __future__ import annotations

import asyncio
import gc
import json
import pickle
import threading
import weakref
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

import scripted_vlm
from parted import answered, parted
from promptfit.answer.answerer import by_image
from promptfit.answer.cached_answerer import AnswerCache, CachedAnswerer
from promptfit.answer.chat.chat_answerer import ChatAnswerer
from promptfit.types import Answer, PromptfitError, Request
from scripted_server import Server
from scripted_vlm import answer_of


@pytest.fixture(scope="module")
def shared() -> Iterator[Server]:
    with scripted_vlm.running() as server:
        yield server


@pytest.fixture
def server(shared: Server) -> Server:
    shared.control(work=0.0, context=10**9, replies_as="", thoughts=0, bill=-1.0, forget=True)
    return shared


def answerer(server: Server, **settings: Any) -> ChatAnswerer:
    return ChatAnswerer(
        **{"name": "one", "model": "scripted", "base_url": server.url, "price": {"input": 2, "output": 10}, **settings}
    )


@pytest.fixture
def requests(picture: Callable[..., tuple[Path, str]]) -> list[Request]:
    """Six images with five prompts each, prompts first; some with a system prompt."""
    drawn = [picture(seed) for seed in range(6)]
    return [
        Request(*one, f"Напиши «{number}»\n{{}} ", system="Кратко" if number == 3 else "")
        for number in range(5)
        for one in drawn
    ]


def expected(requests: list[Request]) -> list[str]:
    return [answer_of(one.image.read_bytes(), one.prompt, one.system) for one in requests]


def said(one: ChatAnswerer, requests: list[Request]) -> list[str]:
    answers = answered(one.answer(requests))
    return [answers[index].text for index in range(len(requests))]


def test_prompts_and_images_arrive_unharmed_the_image_first(server: Server, requests: list[Request]) -> None:
    assert said(answerer(server), requests) == expected(requests)
    calls = server.calls()
    assert len(calls) == len(requests)
    assert {call["digest"] for call in calls} == {request.image_digest for request in requests}
    assert all(call["parts"] == ["image_url", "text"] for call in calls)
    roles = {len(call["messages"]): [message["role"] for message in call["messages"]] for call in calls}
    assert roles == {1: ["user"], 2: ["system", "user"]}
    assert {(call["model"], call["temperature"], call["max_tokens"]) for call in calls} == {("scripted", 0.0, 64)}


def test_an_answer_has_its_tokens_money_and_seconds(server: Server, requests: list[Request]) -> None:
    one = answered(answerer(server).answer(requests[:1]))[0]
    assert one.tokens_in > 1 and one.tokens_out == 3 and one.seconds > 0
    assert one.cost == pytest.approx((one.tokens_in * 2 + one.tokens_out * 10) / 1e6)


def test_thoughts_that_the_total_alone_counts_are_paid_for_and_a_bill_comes_before_the_price(
    server: Server, requests: list[Request]
) -> None:
    server.control(thoughts=100)
    one = answered(answerer(server).answer(requests[:1]))[0]
    assert one.tokens_out == 103
    assert one.cost == pytest.approx((one.tokens_in * 2 + 103 * 10) / 1e6)
    server.control(bill=0.25)
    assert answered(answerer(server).answer(requests[:1]))[0].cost == 0.25


def test_answers_of_another_model_than_was_asked_are_kept_as_its_own(
    server: Server, requests: list[Request], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def asked() -> tuple[int, set[str]]:
        kept = CachedAnswerer(answerer(server), AnswerCache(tmp_path / "kept.sqlite"))
        answers = answered(kept.answer(requests[:3]))
        return kept.asked, {one.model for one in answers.values()}

    assert asked() == (3, {"scripted"})
    server.control(replies_as="gemini-3.8-flash")
    assert asked() == (0, {"scripted"})
    more = CachedAnswerer(answerer(server), AnswerCache(tmp_path / "kept.sqlite"))
    list(more.answer(requests[3:5]))
    assert caplog.text.count("scripted: replies name the model gemini-3.8-flash") == 1
    rows = {one.identity: one.rows for one in AnswerCache(tmp_path / "kept.sqlite").stats()}
    own = answerer(server).identity
    assert rows.pop(own) == 3 and list(rows.values()) == [2] and "gemini-3.8-flash" in next(iter(rows))


def test_variables_of_a_template_are_sent_as_servers_of_open_weights_take_them(
    server: Server, requests: list[Request]
) -> None:
    said(answerer(server, template_options={"enable_thinking": False}), requests[:1])
    assert server.calls()[0]["chat_template_kwargs"] == {"enable_thinking": False}
    said(answerer(server), requests[:1])
    assert "chat_template_kwargs" not in server.calls()[1]


def test_images_that_are_too_long_are_shrunk_until_they_are_not(
    server: Server, picture: Callable[..., tuple[Path, str]]
) -> None:
    noise = Request(*picture(1, (200, 100)), "?")  # 60 KB, and 80 in base64
    said(answerer(server, max_bytes=40_000), [noise])
    said(answerer(server, max_bytes=100_000), [noise])
    shrunk, whole = (call["images"][0] for call in server.calls())
    assert (whole["width"], whole["height"]) == (200, 100)
    assert 0.3 < shrunk["width"] * shrunk["height"] / 20_000 < 0.5 and shrunk["width"] // 2 == shrunk["height"]


def test_a_page_of_a4_at_300_dpi_goes_out_as_small_as_local_models_see_it(server: Server, tmp_path: Path) -> None:
    from transformers.models.qwen2_vl.image_processing_qwen2_vl import smart_resize

    Image.new("L", (2480, 3508), 255).save(tmp_path / "a4.png")
    said(answerer(server), [Request(tmp_path / "a4.png", "a", "?")])
    (sent,) = server.calls()[0]["images"]
    local = smart_resize(3508, 2480, max_pixels=1003520)
    assert smart_resize(sent["height"], sent["width"], max_pixels=1003520) == local == (1176, 840), "1,260 tokens"
    assert (sent["height"] // 28 + 1) * (sent["width"] // 28) == 1290, "on a server without a limit; 11,125 as it is"


def test_requests_go_out_ordered_by_image(server: Server, requests: list[Request]) -> None:
    said(answerer(server, concurrency=1), requests)
    order = [request.image_digest for request in (requests[index] for index in by_image(requests))]
    assert [call["digest"] for call in server.calls()] == order


def test_answers_stream_as_they_arrive_and_the_rest_is_cancelled(server: Server, requests: list[Request]) -> None:
    server.control(work=0.2)
    stream = answerer(server, concurrency=2).answer(requests)
    index, first = next(stream)
    assert isinstance(first, Answer) and first.text == expected(requests)[index]
    assert isinstance(stream, Generator)
    stream.close()
    asked = len(server.calls())
    assert asked <= 6
    server.control(work=0.0)
    assert len(server.calls()) == asked


def test_an_image_is_encoded_once_for_all_its_prompts(
    server: Server, requests: list[Request], monkeypatch: pytest.MonkeyPatch
) -> None:
    from promptfit.answer.chat import body
    from promptfit.support.http.data_url import SentBounds, SentImage, picture

    seen: list[Path] = []

    def counted(path: Path, bounds: SentBounds) -> SentImage:
        seen.append(path)
        return picture(path, bounds)

    monkeypatch.setattr(body, "picture", counted)
    said(answerer(server), requests)
    assert sorted(seen) == sorted({request.image for request in requests})


@pytest.mark.parametrize("suffix", ["png", "jpg"])
def test_the_files_own_bytes_are_sent(suffix: str, server: Server, tmp_path: Path) -> None:
    path = tmp_path / f"a.{suffix}"
    Image.linear_gradient("L").convert("RGB").save(path)
    assert said(answerer(server, max_pixels=256 * 256), [Request(path, "a", "?")]) == [
        answer_of(path.read_bytes(), "?")
    ]
    assert server.calls()[0]["kind"] == f"data:image/{'png' if suffix == 'png' else 'jpeg'}"


def test_larger_images_are_shrunk_only_if_told(server: Server, tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    Image.linear_gradient("L").resize((200, 100)).save(path)
    said(answerer(server, max_pixels=5000), [Request(path, "a", "?")])
    assert server.calls()[0]["images"] == [{"width": 100, "height": 50, "format": "PNG"}]


def test_images_that_none_can_read_are_the_fault_of_their_own_requests(
    server: Server, requests: list[Request], tmp_path: Path
) -> None:
    (tmp_path / "broken.png").write_bytes(requests[0].image.read_bytes()[:300])
    huge = tmp_path / "huge.png"
    Image.new("1", (20_000, 20_000)).save(huge)
    pixel = tmp_path / "pixel.png"
    Image.new("RGB", (1, 1)).save(pixel)
    paths = [tmp_path / "none.png", tmp_path / "broken.png", huge, pixel]
    more = [*(Request(path, path.name, "?") for path in paths), requests[0]]
    got, reasons = parted(answerer(server).answer(more))
    assert list(got) == [4] and got[4].text == expected(requests)[0]
    assert {index: why.split(": ")[0] for index, why in reasons.items()} == {
        index: str(path) for index, path in enumerate(paths)
    }


def test_odd_characters_arrive(server: Server, requests: list[Request]) -> None:
    asked = [Request(requests[0].image, "a", 'кавычки " и \\ и \x00')]
    assert said(answerer(server), asked) == expected(asked)


def test_it_works_again_and_from_many_threads_with_the_limits_shared(server: Server, requests: list[Request]) -> None:
    server.control(work=0.01)
    one = answerer(server, concurrency=6)
    with ThreadPoolExecutor(4) as pool:
        texts = list(pool.map(lambda _: said(one, requests), range(8)))
    assert texts == [expected(requests)] * 8
    assert max(call["under_way"] for call in server.calls()) == 6


def test_it_works_inside_of_somebody_elses_event_loop(server: Server, requests: list[Request]) -> None:
    async def main() -> list[str]:
        return said(answerer(server), requests)

    assert asyncio.run(main()) == expected(requests)


def test_nothing_is_left_when_nobody_holds_it(server: Server, requests: list[Request]) -> None:
    def threads() -> set[threading.Thread]:
        return {one for one in threading.enumerate() if one.name == "promptfit-api"}

    before = threads()
    one = answerer(server)
    said(one, requests)
    assert threads() - before
    alive = weakref.ref(one)
    del one
    gc.collect()
    assert alive() is None
    assert not threads() - before


def test_a_pickled_answerer_asks_as_before(server: Server, requests: list[Request]) -> None:
    one = answerer(server)
    said(one, requests)
    copy = pickle.loads(pickle.dumps(one))
    assert copy.identity == one.identity
    assert said(copy, requests) == expected(requests)


def test_parameters_that_models_name_differently(server: Server, requests: list[Request]) -> None:
    more = {"max_new_tokens": 9, "max_tokens_name": "max_completion_tokens", "temperature": None}
    said(answerer(server, extra_body={"reasoning_effort": "low"}, **more), requests[:1])
    (call,) = server.calls()
    assert (call["max_completion_tokens"], call["reasoning_effort"]) == (9, "low")
    assert "temperature" not in call and "max_tokens" not in call


def test_nothing_to_ask_asks_nothing_and_needs_no_key(server: Server) -> None:
    assert list(answerer(server, key_variable="NO_SUCH_KEY").answer([])) == []


def test_identity_names_what_changes_an_answer_only(server: Server) -> None:
    one = answerer(server)
    assert json.loads(one.identity)["model"] == "scripted"
    same = {"timeout": 5.0, "attempts": 2, "concurrency": 1, "price": {"input": 0, "output": 0}, "name": "two"}
    assert answerer(server, **same).identity == one.identity
    changes: list[dict[str, Any]] = [
        {"temperature": 0.5},
        {"max_new_tokens": 9},
        {"max_pixels": 10**6},
        {"max_bytes": 10**6},
        {"template_options": {"enable_thinking": False}},
        {"detail": "low"},
        {"extra_body": {"top_k": 1}},
        {"model": "other"},
        {"served_by": "vllm, bfloat16"},
    ]
    assert len({answerer(server, **change).identity for change in changes} | {one.identity}) == len(changes) + 1


def test_servers_of_ones_own_may_move_and_somebody_elses_may_not(server: Server) -> None:
    def identity(url: object, remote: bool) -> str:
        return answerer(server, base_url=url, remote=remote).identity

    here, there = "http://127.0.0.1:8000/v1", "http://127.0.0.1:8001/v1"
    assert identity(here, False) == identity(there, False) == identity([here, there], False)
    assert identity(here, True) != identity(there, True)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"attempts": 0}, "attempts"),
        ({"max_new_tokens": 0}, "max_new_tokens"),
        ({"max_pixels": 0}, "max_pixels"),
        ({"max_bytes": 0}, "max_bytes"),
        ({"base_url": []}, "empty list"),
        ({"base_url": "127.0.0.1:8000/v1"}, "must look like http://"),
        ({"base_url": ["http://one/v1", "https://me:secret@example.org/v1"]}, "base_url must hold no secret"),
        ({"key_variable": "sk-proj-secret"}, "never the key"),
    ],
)
def test_settings_that_can_not_be(settings: dict[str, Any], said: str, server: Server) -> None:
    with pytest.raises(PromptfitError, match=rf"conf/model/one\.yaml.*{said}") as fault:
        answerer(server, **settings)
    assert "secret" not in str(fault.value).replace("no secret", "")


def test_a_price_that_is_not_known_is_told_before_anything_is_sent(server: Server, requests: list[Request]) -> None:
    with pytest.raises(PromptfitError, match=r"conf/model/one\.yaml: the price of 'scripted' is not known"):
        list(answerer(server, price=None).answer(requests))
    assert not server.calls()
