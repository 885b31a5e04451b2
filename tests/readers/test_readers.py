"""What of an answer counts, by the reader that the configuration names."""

from __future__ import annotations

import pytest

from promptfit.readers.steps import STEPS, Reader
from promptfit.readers.thoughts import UNCLOSED
from promptfit.types import PromptfitError, Reading


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Иванов", "Иванов"),
        ("  Иванов\n", "  Иванов\n"),
        ("<think>Фамилия? Петров…</think>\n\nИванов", "Иванов"),
        ("< THINK >a</think>Иванов<thinking>b</thinking>", "Иванов"),
        ("Фамилия в строке 2.</think>Иванов", "Иванов"),
        ("Иванов<think>или Петров", "Иванов"),
        ("◁think▷a◁/think▷Иванов", "Иванов"),
        ("[THINK]a[/THINK]Иванов", "Иванов"),
        ("<reasoning>a</reasoning><thought>b</thought>Иванов", "Иванов"),
        ("a <b> c", "a <b> c"),
        ("", ""),
    ],
)
def test_thoughts_are_no_answer(text: str, value: str) -> None:
    assert Reader(["thoughts"])(text) == Reading(value)


@pytest.mark.parametrize("text", ["<think>Иванов или Петров", "a</think> <think>b", "<think>"])
def test_a_thought_that_never_ends_leaves_no_value(text: str) -> None:
    assert Reader(["thoughts"])(text) == Reading("", UNCLOSED)
    assert Reader(["thoughts", "plain"])(text) == Reading("", UNCLOSED), "what comes after a fault is not tried"


def test_plain_takes_all_of_it() -> None:
    assert Reader()("<think>a</think>б") == Reading("<think>a</think>б")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("```\n208-689-282 08\n```", "208-689-282 08"),
        ("```json\n08\n```\n", "08"),
        ("~~~\n08\n~~~", "08"),
        ("Ответ: Иванов", "Иванов"),
        ("The final answer is: **Иванов**", "Иванов"),
        ("**Ответ:** «Иванов»", "Иванов"),
        ("Answer:\n```\nИванов\n```", "Иванов"),
        ("«Куликов»", "Куликов"),
        ("ЗАО «Ёлка»", "ЗАО «Ёлка»"),
        ("**a** и **b**", "**a** и **b**"),
        ("Ответственный: Иванов", "Ответственный: Иванов"),
        ("Фамилия: Иванов", "Фамилия: Иванов"),
        ("Ответ:", "Ответ:"),
        ("", ""),
        (" Иванов ", " Иванов "),
    ],
)
def test_a_fence_takes_off_what_is_around_a_value_and_nothing_else(text: str, value: str) -> None:
    assert Reader(["fence"])(text) == Reading(value)
    assert Reader(["thoughts", "fence"])(f"<think>hm</think>{text}").value == value.strip()


def test_hostile_answers_are_read() -> None:
    """In time that is linear in them: quadratic, this test would take minutes."""
    for text in ("<think>" * 100_000, "< \t" * 200_000, "<think" * 200_000, "[THINK]" * 100_000):
        Reader(["thoughts"])(text)
    for text in ("```" * 6_000, "the " * 4_900, "**" * 9_900, "«" * 19_000, "```" * 100_000):
        Reader(["fence"])(text)


def test_a_reader_that_there_is_not_is_named_with_those_that_there_are() -> None:
    with pytest.raises(PromptfitError, match=f"reader=json: no such reader; there are: {', '.join(STEPS)}"):
        Reader(["plain", "json"])
    with pytest.raises(PromptfitError, match="name at least one"):
        Reader([])
