"""Answers of checkpoints by transformers that are held to a schema, by tiny random ones: free, they talk nonsense."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import PreTrainedTokenizerFast

from parted import answered
from promptfit.answer.local import constrained
from promptfit.answer.local.constrained import WHITESPACE, Grammars
from promptfit.answer.local.local_answerer import LocalAnswerer
from promptfit.types import Answer, Request
from tiny_processors import processor

PROMPTS = ("Верни JSON", "Пол и отметка. Только значения", "Номер", "What is the value?", "а" * 30)


def record(**words: list[str | None]) -> str:
    """A schema whose values are few, so that whoever says anything comes to an end."""
    properties = {key: {"type": ["string", "null"], "enum": own} for key, own in words.items()}
    whole = {"type": "object", "properties": properties, "required": list(words), "additionalProperties": False}
    return json.dumps(whole, ensure_ascii=False)


SHORT, LONG = (
    record(Пол=["мужской", "женский", None]),
    record(Пол=["муж", "жен"], **{'Отметка "А"\n': ["да, \\", None]}),
)


@pytest.fixture
def requests(picture: Callable[..., tuple[Path, str]]) -> list[Request]:
    """Five prompts about each of two images, by turns held to a short schema, free, and held to a longer one."""
    drawn = [picture(1), picture(2, (96, 64))]
    asked = [Request(path, digest, prompt) for path, digest in drawn for prompt in PROMPTS]
    return [replace(one, schema=(SHORT, "", LONG)[place % 3]) for place, one in enumerate(asked)]


def said(checkpoint: Path, requests: list[Request], **settings: Any) -> list[Answer]:
    answerer = LocalAnswerer(str(checkpoint), device="cpu", max_new_tokens=80, **settings)
    got = answered(answerer.answer(requests))
    return [replace(got[place], seconds=0.0) for place in range(len(requests))]


def test_each_row_is_held_to_its_own_schema_and_the_others_are_free(
    tiny: Callable[[str], Path], requests: list[Request], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(constrained, "WHITESPACE", 2)  # of which random weights have a liking
    free = said(tiny("qwen2_vl"), requests)
    alone = said(tiny("qwen2_vl"), requests, structured="schema", batch_size=1)
    for request, one, before in zip(requests, alone, free, strict=True):
        if not request.schema:
            assert one == before
            continue
        wanted = json.loads(request.schema)["properties"]
        values = json.loads(one.text)
        assert list(values) == list(wanted) and all(values[key] in wanted[key]["enum"] for key in wanted)
        assert one.ended == "stop" and one.text != before.text
    assert len({one.tokens_out for one in alone}) > 2, "rows leave the batch at different times"
    for settings in (
        {"batch_size": 32},
        {"batch_size": 32, "reuse_image": True},
        {"batch_size": 3, "reuse_image": True},
    ):
        assert said(tiny("qwen2_vl"), requests, structured="schema", **settings) == alone, settings


@pytest.mark.parametrize("reuse_image", [False, True])
def test_any_object_begins_as_one_and_off_asks_for_nothing(
    tiny: Callable[[str], Path], requests: list[Request], reuse_image: bool
) -> None:
    free = said(tiny("qwen2_vl"), requests, reuse_image=reuse_image)
    assert said(tiny("qwen2_vl"), requests, reuse_image=reuse_image, structured="off") == free
    held = said(tiny("qwen2_vl"), requests, reuse_image=reuse_image, structured="json")
    for request, one, before in zip(requests, held, free, strict=True):
        assert one.text.lstrip().startswith("{") if request.schema else one == before


def test_free_answers_do_not_need_the_grammars(
    tiny: Callable[[str], Path], requests: list[Request], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, constrained.__name__, None)  # whoever imports it fails
    assert said(tiny("qwen2_vl"), requests[:2], reuse_image=True)


def masked(grammars: Grammars, schema: str, tokens: list[list[int]]) -> set[int]:
    """The tokens that may follow, after calls with these."""
    mask, ids = grammars.mask([schema], 0), list[int]()
    scores = torch.zeros(1, VOCABULARY)
    for some in [[], *tokens]:
        ids += some
        scores = mask(torch.tensor([ids], dtype=torch.long), torch.zeros(1, VOCABULARY))
    return set(torch.isfinite(scores[0]).nonzero().flatten().tolist())


BYTES = sorted(pre_tokenizers.ByteLevel.alphabet())
TOKENIZER = processor("qwen2_vl").tokenizer
END, VOCABULARY = TOKENIZER.eos_token_id, len(TOKENIZER) + 7


@pytest.fixture(scope="module")
def grammars() -> Grammars:
    return Grammars(TOKENIZER, VOCABULARY, [END])


def test_calls_of_several_tokens_are_read_as_calls_of_one(grammars: Grammars) -> None:
    ids = TOKENIZER('{"Пол": "муж', add_special_tokens=False)["input_ids"]
    after = masked(grammars, SHORT, [ids])
    assert after == masked(grammars, SHORT, [ids[:3], ids[3:]]) == masked(grammars, SHORT, [[one] for one in ids])
    texts = TOKENIZER.convert_ids_to_tokens(list(after))
    assert "с" in texts and all("ской".startswith(one) or one.startswith("<0x") for one in texts)


def test_an_answer_can_end_where_the_object_does_and_nothing_else_can_follow(grammars: Grammars) -> None:
    ids = TOKENIZER('{"Пол": "женский"}', add_special_tokens=False)["input_ids"]
    assert masked(grammars, SHORT, [ids]) == {END}
    assert len(masked(grammars, SHORT, [[*ids, END]])) == VOCABULARY, "padding follows"


def test_white_space_comes_to_an_end(grammars: Grammars) -> None:
    gap, start = TOKENIZER.convert_tokens_to_ids([" ", "{"])
    assert gap in masked(grammars, SHORT, [[start, *[gap] * (WHITESPACE - 1)]])
    assert gap not in masked(grammars, SHORT, [[start, *[gap] * WHITESPACE]])


def test_a_token_that_was_ruled_out_is_no_answer(grammars: Grammars) -> None:
    with pytest.raises(ValueError, match="none that the answer's JSON Schema allows"):
        masked(grammars, SHORT, [TOKENIZER("Вот", add_special_tokens=False)["input_ids"]])


def test_letters_that_are_several_tokens_are_known_too() -> None:
    """Tokenizers of most public models spell Cyrillic by bytes."""
    backend = Tokenizer(models.BPE(vocab={one: place for place, one in enumerate(BYTES)}, merges=[]))
    backend.pre_tokenizer, backend.decoder = pre_tokenizers.ByteLevel(add_prefix_space=False), decoders.ByteLevel()
    bytewise = PreTrainedTokenizerFast(tokenizer_object=backend, eos_token="<end>")
    ids = bytewise('{"Пол": "женский"}')["input_ids"]
    assert len(ids) == len('{"Пол": "женский"}'.encode())
    mask = Grammars(bytewise, len(bytewise), [bytewise.eos_token_id]).mask([SHORT], 0)
    for place, token in enumerate([*ids, bytewise.eos_token_id]):
        scores = mask(torch.tensor([ids[:place]], dtype=torch.long), torch.zeros(1, len(bytewise)))
        assert torch.isfinite(scores[0, token]), bytewise.decode(ids[:place])
