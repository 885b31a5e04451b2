"""Prompts asked of samples: what was read is scored, what could not be obtained is not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from promptfit.evaluate.ask import Unanswered, ask
from promptfit.evaluate.scoring import Scoring
from promptfit.readers.steps import Reader
from promptfit.types import Answer, Field, NoAnswer, Prompt, Request, Sample

NAME = Field("passport", "Имя")


class Thinker:
    """A scripted answerer that thinks aloud, and knows nothing of the second image."""

    remote = False
    identity = "thinker"

    def answer(self, requests: Sequence[Request]) -> Iterator[tuple[int, Answer | NoAnswer]]:
        for index, request in enumerate(requests):
            yield index, NoAnswer("too dark") if "1" in request.image.name else Answer("<think>hm</think>Анна")


def sample(number: int) -> Sample:
    return Sample(f"d{number}", Path(f"{number}.png"), f"{number}" * 64, "", "Анна", NAME, "search")


def test_the_reading_is_scored_and_the_raw_answer_stays() -> None:
    pair = (Prompt("Имя"), sample(0))
    (plain,) = ask(Thinker(), [pair], Scoring())
    (read,) = ask(Thinker(), [pair], Scoring(reader=Reader(["thoughts"])))
    assert plain.counts.edits > 0 and plain.raw == ""
    assert read.counts.exact and read.reading.value == "Анна"
    assert read.raw == read.answer.text == plain.answer.text


def test_what_was_not_answered_is_named_and_never_scored() -> None:
    seen: list[int] = []
    pairs = [(Prompt("Имя"), sample(number)) for number in (1, 0, 1)]
    with pytest.raises(Unanswered, match=r"2 of 3 requests got no answer; the first: 1\.png, prompt 'Имя': too dark"):
        ask(Thinker(), pairs, Scoring(), seen=seen.append)
    assert len(seen) == 1
