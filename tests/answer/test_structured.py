"""Answers that are held to a schema: what the setting means, what names it, and which answers are kept as the same."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from parted import answered
from promptfit.answer.cached_answerer import AnswerCache, CachedAnswerer, key
from promptfit.answer.chat.chat_answerer import ChatAnswerer
from promptfit.answer.local.local_answerer import LocalAnswerer
from promptfit.answer.structured import ANY_OBJECT, MODES, constraint_of
from promptfit.answer.vllm.offline_answerer import OfflineAnswerer
from promptfit.types import Answer, PromptfitError, Request

NAME, NUMBER = (f'{{"type":"object","required":["{one}"]}}' for one in ("Имя", "Номер"))
PLAIN = Request(Path("a.png"), "d", "Верни JSON")
HELD = replace(PLAIN, schema=NAME)


class Echo:
    """Counts what it is asked."""

    identity, remote = "echo", False

    def __init__(self, structured: str | None) -> None:
        self.asked = list[Request]()
        if structured is not None:
            self.structured = structured

    def answer(self, requests: Sequence[Request]) -> Iterator[tuple[int, Answer]]:
        self.asked += requests
        yield from ((index, Answer(one.schema or "free")) for index, one in enumerate(requests))


@pytest.mark.parametrize(("mode", "held"), zip(MODES, ("", ANY_OBJECT, NAME), strict=True))
def test_requests_of_records_alone_are_held(mode: str, held: str) -> None:
    assert constraint_of(mode, HELD) == held
    assert constraint_of(mode, PLAIN) == ""


@pytest.mark.parametrize(("mode", "different"), [(None, 1), ("off", 1), ("json", 2), ("schema", 3)])
def test_an_answer_is_kept_for_what_decided_it(mode: str | None, different: int, tmp_path: Path) -> None:
    asked = [PLAIN, HELD, replace(HELD, schema=NUMBER)]
    for new in (different, 0):
        echo = Echo(mode)
        got = answered(CachedAnswerer(echo, AnswerCache(tmp_path / "kept.sqlite")).answer(asked))
        assert len(got) == 3 and len(echo.asked) == new


def test_keys_of_free_answers_are_those_of_before() -> None:
    """From the time when there was no such setting; another byte, and what was paid for would be asked again."""
    assert key("me", HELD).hex().startswith("feea1a7cc33d4ed0")
    assert key("me", replace(HELD, draw=2)).hex().startswith("0edae7de72f4a75b")
    assert len({key("me", HELD, one) for one in ("", ANY_OBJECT, NAME)} | {key("me", replace(HELD, draw=1), NAME)}) == 4


def makers(checkpoint: str) -> dict[str, Callable[..., Any]]:
    return {
        "chat": lambda **more: ChatAnswerer(
            "one", "m", "http://127.0.0.1:9/v1", price={"input": 0, "output": 0}, **more
        ),
        "local": lambda **more: LocalAnswerer(checkpoint, device="cpu", **more),
        "vllm": lambda **more: OfflineAnswerer(checkpoint, dtype="float32", **more),
    }


@pytest.mark.parametrize("back_end", makers(""))
def test_the_identity_names_it_unless_answers_are_free(back_end: str, tiny: Callable[[str], Path]) -> None:
    make = makers(str(tiny("qwen2_vl")))[back_end]
    off, json_, schema = (json.loads(make(structured=mode).identity) for mode in MODES)
    assert off == json.loads(make().identity) and "structured" not in off
    assert json_ == {**off, "structured": "json"} and schema == {**off, "structured": "schema"}


@pytest.mark.parametrize("back_end", makers(""))
@pytest.mark.parametrize(("mode", "told"), [(False, 'say structured: "off"'), ("xml", "there are: off, json, schema")])
def test_what_is_no_mode_is_refused_at_once(back_end: str, mode: object, told: str) -> None:
    with pytest.raises(PromptfitError, match=told):
        makers("models/x")[back_end](structured=mode)


def test_rows_that_are_no_request_s_own_are_refused() -> None:
    with pytest.raises(PromptfitError, match=r'num_beams.*held to a schema; say `structured: "off"`'):
        LocalAnswerer("models/x", device="cpu", structured="json", generation={"num_beams": 2})
