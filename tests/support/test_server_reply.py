"""What a reply of a server means: an answer, a part of one, or none."""

from __future__ import annotations

import json
from typing import Any

import pytest

from promptfit.support.http import error_reply, server_reply
from promptfit.support.http.faults import Permanent, Temporary

CALL = {"id": "1", "type": "function", "function": {"name": "read_field", "arguments": "{}"}}


def reply(message: dict[str, Any], ended: str | None = "stop") -> dict[str, Any]:
    return {"choices": [{"finish_reason": ended, "message": {"role": "assistant", **message}}]}


@pytest.mark.parametrize(
    ("said", "ended"),
    [
        ("stop", "stop"),
        ("length", "length"),
        ("MAX_TOKENS", "length"),
        ("model_length", "length"),
        ("function_call", "tool_calls"),
        ("content_filter: PROHIBITED_CONTENT", "content_filter"),
        ("SAFETY", "content_filter"),
        ("end_turn", "stop"),
        ("something new", "something new"),
        (None, ""),
    ],
)
def test_servers_own_words_for_an_end_mean_the_same(said: str | None, ended: str) -> None:
    assert server_reply.ended_by(reply({"content": "a"}, said)) == ended


@pytest.mark.parametrize(
    ("message", "ended", "why"),
    [
        ({"content": "Иванов"}, "stop", ""),
        ({"content": ""}, "stop", ""),
        ({"content": None, "reasoning_content": "Думаю"}, "length", ""),
        ({"content": "Иван"}, "content_filter", "the provider's filter struck"),
        ({"content": "", "tool_calls": [CALL]}, "tool_calls", "a tool was called instead of an answer (read_field)"),
        ({"content": None, "function_call": {"name": "f"}}, "function_call", "a tool was called instead"),
        ({"content": None}, "tool_calls", "a tool was called instead of an answer"),
        ({"content": "", "tool_calls": [CALL]}, "stop", "a tool was called"),
        ({"content": "Иванов", "tool_calls": [CALL]}, "tool_calls", ""),
    ],
)
def test_what_is_withheld_is_no_answer(message: dict[str, Any], ended: str, why: str) -> None:
    found = server_reply.withheld(reply(message, ended))
    assert found.startswith(why) if why else found == ""


def test_a_refusal_in_words_is_what_the_model_said_and_thoughts_apart_are_not() -> None:
    assert server_reply.content_of(reply({"content": None, "refusal": "Не могу"})) == "Не могу"
    assert server_reply.content_of(reply({"content": "Иванов", "reasoning": "Думаю"})) == "Иванов"
    assert server_reply.content_of(reply({"content": None, "reasoning": "Думаю"})) == ""


def test_a_message_that_the_server_gave_up_is_asked_for_again() -> None:
    with pytest.raises(Temporary, match="no message"):
        server_reply.read(200, json.dumps(reply({"content": "Ив"}, "insufficient_system_resource")), {}, "")


@pytest.mark.parametrize(
    ("status", "error", "kind"),
    [
        (400, {"message": "The response was filtered", "code": "content_filter"}, "filter"),
        (403, {"message": "Your input was flagged by moderation", "code": 403}, "filter"),
        (400, {"message": "inappropriate content", "code": "data_inspection_failed"}, "filter"),
        (400, {"message": "max_tokens is too large", "code": "invalid_value"}, "request"),
        (401, {"message": "moderation key", "code": "invalid_api_key"}, "key"),
        (403, {"message": "no access", "code": "forbidden"}, "right"),
        (403, {"message": "Project `p` does not have access to model `m`", "code": "model_not_found"}, "right"),
        (403, {"message": "Your API key was reported as leaked. Invalid key.", "status": "PERMISSION_DENIED"}, "key"),
        (403, {"message": "Country, region, or territory not supported"}, "country"),
        (
            400,
            {"message": "User location is not supported for the API use.", "status": "FAILED_PRECONDITION"},
            "country",
        ),
        (403, {"message": "see metadata", "code": 403, "metadata": {"flagged_input": "Иван"}}, "filter"),
        (403, {"message": "No."}, "forbidden"),
        (400, {"message": "This model's maximum context length is 4096 tokens", "param": "max_tokens"}, "request"),
        (400, {"message": "This model does not support image input", "param": "messages"}, "request"),
        (400, {"message": "image_url is not supported", "param": "messages[0].content[0]"}, "request"),
    ],
)
def test_a_filter_is_told_from_other_refusals(status: int, error: dict[str, Any], kind: str) -> None:
    found = error_reply.of_status(status, json.dumps({"error": error}), {}, "")
    assert isinstance(found, Permanent) and found.kind == kind


@pytest.mark.parametrize(
    ("body", "setting"),
    [
        (
            {"error": {"message": "'temperature' does not support 0.0 with this model.", "param": "temperature"}},
            "temperature",
        ),
        ({"error": {"message": "`temperature` is deprecated for this model."}}, "temperature"),
        ({"error": {"message": "Unsupported parameter: 'max_tokens'", "param": "max_tokens"}}, "max_tokens"),
        ([{"error": {"code": 400, "message": 'Unknown name "seed": Cannot find field.'}}], "seed"),
        (
            {"message": {"detail": [{"type": "extra_forbidden", "loc": ["body", "seed"], "msg": "not permitted"}]}},
            "seed",
        ),
    ],
)
def test_a_setting_that_a_server_does_not_take_is_named(body: Any, setting: str) -> None:
    found = error_reply.of_status(400, json.dumps(body), {}, "")
    assert isinstance(found, Permanent) and (found.kind, found.setting) == ("setting", setting)


@pytest.mark.parametrize(
    "said",
    [
        "Incorrect API key provided: sk-planted-7f3e9c1b5a. Find yours at https://example.org/keys",
        "Incorrect API key provided: sk-plant***********1b5a. Find yours",
        "the key ending in 1b5a, or (9c1b5a), is not valid: 'sk-planted-7f3e9c1b5a'",
        "Bearer:sk-planted-7f3e9c1b5a,",
    ],
)
def test_a_bad_key_is_refused_in_the_server_s_words_without_any_part_of_it(said: str) -> None:
    found = error_reply.of_status(401, json.dumps({"error": {"message": said}}), {}, "sk-planted-7f3e9c1b5a")
    assert "[key]" in str(found) and not any(part in str(found) for part in ("planted", "1b5a", "sk-"))
    assert "Find yours" not in said or "Find yours" in str(found)


def test_a_server_in_trouble_with_its_filter_is_asked_again() -> None:
    assert isinstance(error_reply.of_status(503, '{"error": {"message": "moderation is down"}}', {}, ""), Temporary)
