"""What servers are told of answers that shall be JSON, and what is said where they do not take it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import scripted_vlm
from parted import answered
from promptfit.answer.chat.chat_answerer import ChatAnswerer
from promptfit.support.http.error_reply import of_status
from promptfit.support.http.faults import Permanent
from promptfit.types import PromptfitError, Request
from scripted_server import Server

SCHEMA = '{"type":"object","properties":{"Фамилия":{"type":"string"},"Имя":{"type":"string"}}}'


@pytest.fixture(scope="module")
def shared() -> Iterator[Server]:
    with scripted_vlm.running() as server:
        yield server


@pytest.fixture
def server(shared: Server) -> Server:
    shared.control(kind="mixed", faults=0.0, forget=True)
    return shared


@pytest.fixture
def requests(picture: Callable[..., tuple[Path, str]]) -> list[Request]:
    """One for a single value, and one for a record."""
    free = Request(*picture(1), "Имя")
    return [free, replace(free, prompt="Верни JSON", schema=SCHEMA)]


def answerer(server: Server, **settings: Any) -> ChatAnswerer:
    return ChatAnswerer("one", "scripted", server.url, price={"input": 0, "output": 0}, wait=0.01, **settings)


@pytest.mark.parametrize(
    ("structured", "told"),
    [
        ("off", None),
        ("json", {"type": "json_object"}),
        (
            "schema",
            {"type": "json_schema", "json_schema": {"name": "record", "strict": True, "schema": json.loads(SCHEMA)}},
        ),
    ],
)
def test_the_server_is_told_the_format_of_records_alone(
    structured: str, told: object, server: Server, requests: list[Request]
) -> None:
    assert len(answered(answerer(server, structured=structured).answer(requests))) == 2
    formats = {call["messages"][0]["text"]: call.get("response_format") for call in server.calls()}
    assert formats == {"Имя": None, "Верни JSON": told}
    if structured == "schema":
        assert list(formats["Верни JSON"]["json_schema"]["schema"]["properties"]) == ["Фамилия", "Имя"], "in this order"


@pytest.mark.parametrize("kind", ["json_schema", "unavailable"])
def test_a_server_that_does_not_take_it_is_told_with_the_remedy(
    kind: str, server: Server, requests: list[Request]
) -> None:
    server.control(kind=kind)
    with pytest.raises(PromptfitError, match=r'conf/model/one\.yaml.*refused.*say `structured: "off"`'):
        list(answerer(server, structured="schema").answer(requests[1:]))


def test_a_refusal_of_unknown_cause_names_the_setting_where_it_is_on(
    server: Server, picture: Callable[..., tuple[Path, str]]
) -> None:
    server.control(kind="400")
    requests = [Request(*picture(seed), "?") for seed in range(40)]
    for structured, named in (("off", r"extra_body\)$"), ("json", r"extra_body, structured\)$")):
        with pytest.raises(PromptfitError, match=named):
            list(answerer(server, structured=structured).answer(requests))


def test_a_prompt_without_the_word_json_is_its_own_fault() -> None:
    """OpenAI's API wants the word with ``json_object``: another prompt of the same collection may have it."""
    said = "'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'."
    error = {"message": said, "type": "invalid_request_error", "param": "messages", "code": None}
    fault = of_status(400, json.dumps({"error": error}), {}, "")
    assert isinstance(fault, Permanent) and fault.kind == "request"


def test_a_format_is_said_once(server: Server) -> None:
    with pytest.raises(PromptfitError, match="leave it out of extra_body"):
        answerer(server, structured="json", extra_body={"response_format": {"type": "text"}})
