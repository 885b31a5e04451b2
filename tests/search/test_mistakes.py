"""What a generator is told of wrong answers."""

from __future__ import annotations

from pathlib import Path

from promptfit.evaluate.scoring import Scoring
from promptfit.search.mistakes import mistakes
from promptfit.types import Answer, Field, Sample

STREET = Field("passport", "Улица")


def sample(document: str, *truths: str) -> Sample:
    return Sample(document, Path(f"{document}.png"), document, "Что?", truths[0], STREET, "search", accepted=truths[1:])


def test_the_nearest_truth_is_shown_as_expected() -> None:
    asked = [sample("1", "ул. Мира", "улица Мира"), sample("2", "пр. Мира", "проспект Мира")]
    found = mistakes(Scoring().scored(asked, [Answer("улица Мира"), Answer("Проспект Мира")]), 5)
    assert [(one.expected, one.answered) for one in found] == [("проспект Мира", "Проспект Мира")]
    assert found[0].diff == "[-п-]{+П+}роспект Мира"
