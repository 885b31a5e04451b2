"""What a generator is told of wrong answers."""

from __future__ import annotations

from pathlib import Path

from promptfit.evaluate.scoring import Scoring
from promptfit.search.mistakes import mistakes, pictured
from promptfit.types import Answer, Field, Sample

STREET = Field("passport", "Улица")


def sample(document: str, *truths: str) -> Sample:
    return Sample(document, Path(f"{document}.png"), document, "Что?", truths[0], STREET, "search", accepted=truths[1:])


def test_the_nearest_truth_is_shown_as_expected() -> None:
    asked = [sample("1", "ул. Мира", "улица Мира"), sample("2", "пр. Мира", "проспект Мира")]
    found = mistakes(Scoring().scored(asked, [Answer("улица Мира"), Answer("Проспект Мира")]), 5)
    assert [(one.expected, one.answered) for one in found] == [("проспект Мира", "Проспект Мира")]
    assert found[0].diff == "[-п-]{+П+}роспект Мира"


def test_mistakes_are_told_with_the_places_of_their_images() -> None:
    first, second, third = sample("1", "Мира"), sample("2", "Чехова"), sample("3", "Победы")
    wrong = mistakes(Scoring().scored([first, second, third], [Answer("Мир"), Answer("Чех"), Answer("")]), 5)
    assert [one.expected for one in wrong] == ["Победы", "Чехова", "Мира"], "the worst first"
    told, images = pictured([*wrong, wrong[1]], 2)
    assert images == (third.image, second.image), "distinct, in the order of the mistakes"
    assert [one.place for one in told] == [1, 2, 0, 2]
    assert str(told[1]).startswith("attached image 2: expected: 'Чехова'")
    assert str(told[2]).startswith("expected: 'Мира'"), "its image is not attached"


def test_without_images_mistakes_are_told_as_ever() -> None:
    wrong = mistakes(Scoring().scored([sample("1", "Мира")], [Answer("Мир")]), 5)
    told, images = pictured(wrong, 0)
    assert images == () and list(map(str, told)) == list(map(str, wrong))


def test_one_mistake_of_two_documents_is_told_once_with_the_first_image() -> None:
    twice = [sample("1", "Мира"), sample("2", "Мира")]
    (one,) = mistakes(Scoring().scored(twice, [Answer("Мир")] * 2), 5)
    assert one.image == twice[0].image
