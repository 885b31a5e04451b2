import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from promptfit.generate.proposals import GIANT, LONGEST, Reply, read


def _block(text: str) -> str:
    return f"<prompt>{text}</prompt>"


@pytest.mark.parametrize(
    ("text", "prompts"),
    [
        (f"Вот: {_block('Напиши фамилию')} и {_block('What is it?')}", ("Напиши фамилию", "What is it?")),
        ("<PROMPT>\nA\r\nB\u2028C\n</ Prompt >", ("A\nB\nC",)),
        ("< prompt id='1'>A</prompt\n>", ("A",)),
        ("```xml\n<prompt>\n```text\nA\nB\n```\n</prompt>\n```", ("A\nB",)),
        (_block("```A```"), ("A",)),
        (_block("Верни `только` значение"), ("Верни `только` значение",)),
        (f"<think>{_block('no')}</think>{_block('A')}<thinking>{_block('no')}</thinking>{_block('B')}", ("A", "B")),
        (f"thoughts {_block('no')}</think>{_block('A')}", ("A",)),
        (f"{_block('A')}<think>cut {_block('no')}", ("A",)),
        ("<prompt>outer <prompt>inner</prompt> outer</prompt>", ("inner",)),
        ("in <prompt> tags: <prompt>A</prompt></prompt> <prompt>cut", ("A",)),
        (_block("A\x00\x07\u202e\u200b\ud800\tB\x1b[31m"), ("A\tB[31m",)),
        (_block("{field} {{x}} ${y} \\n %s"), ("{field} {{x}} ${y} \\n %s",)),
        (_block("A") + _block(" A "), ("A",)),
    ],
)
def test_prompts_are_taken_out_of_their_blocks(text: str, prompts: tuple[str, ...]) -> None:
    assert read(text, wanted=3) == Reply(prompts, "")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("Напиши фамилию", "no block"),
        ("<prompt>cut off in the mid", "no block"),
        ("<prompts>A</prompts>", "no block"),
        ("", "empty"),
        (" \n<think>only thoughts", "empty"),
        (_block(" … "), "empty"),
        ("К сожалению, я не могу с этим помочь.", "refusal"),
        ("Я не могу обрабатывать личные документы", "refusal"),
        ("I’m sorry, but I can’t assist with that.", "refusal"),
        ("As an AI language model, I have no eyes", "refusal"),
        ("x" * (GIANT + 1), "giant"),
        (_block("ы" * (LONGEST + 1)), "giant"),
    ],
)
def test_a_reply_without_a_prompt_says_why(text: str, fault: str) -> None:
    assert read(text, wanted=2) == Reply((), fault)


@pytest.mark.parametrize(
    ("text", "prompts", "fault"),
    [
        (_block("A") + _block("B") + _block("C"), ("A", "B"), "several"),
        (_block("A" * (LONGEST + 1)) + _block("B"), ("B",), "giant"),
        (_block("") + _block("B"), ("B",), "empty"),
        ("I can't see the image, but: " + _block("B"), ("B",), ""),
    ],
)
def test_a_fault_does_not_cost_the_good_prompts(text: str, prompts: tuple[str, ...], fault: str) -> None:
    assert read(text, wanted=2) == Reply(prompts, fault)


PIECES = st.sampled_from(
    ["<prompt>", "</prompt>", "<think>", "</think>", "<PROMPT ", ">", "<", "/", "```", "\n", " ", "A", "\0", "\ud83d"]
)


@given(st.lists(PIECES | st.text(max_size=8), max_size=40), st.integers(1, 4))
@settings(max_examples=100, deadline=None, derandomize=True)
def test_whatever_comes_prompts_are_clean_few_and_short(pieces: list[str], wanted: int) -> None:
    reply = read("".join(pieces), wanted, longest=20)
    assert len(reply.prompts) <= wanted
    assert len(set(reply.prompts)) == len(reply.prompts)
    assert reply.fault in ("", "no block", "empty", "refusal", "giant", "several")
    assert reply.prompts or reply.fault
    for prompt in reply.prompts:
        assert 0 < len(prompt) <= 20
        assert prompt == prompt.strip()
        assert "\0" not in prompt
        prompt.encode("utf-8")


@pytest.mark.parametrize(
    "piece", ["<prompt>", "<", "< ", "<prompt ", "<prompt\t \n", "<think>", "```\n", "</prompt>", "я не"]
)
def test_the_time_is_linear_in_a_hostile_reply(piece: str) -> None:
    text = piece * (GIANT // len(piece))
    before = time.process_time()
    read(text, wanted=3)
    assert time.process_time() - before < 3
