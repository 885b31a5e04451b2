"""The last pass: phrases that add nothing leave the best prompt, and what is needed stays."""

from __future__ import annotations

import pytest
from benchmarks.stated import search_rules

from present import present
from promptfit.data.grouping import by_field
from promptfit.evaluate.scoring import Scoring
from promptfit.search.budget import Budget
from promptfit.search.objective import Objective
from promptfit.search.shorten import shorten, without_each_sentence
from promptfit.types import Field, Prompt
from scripted_answerer import FIELDS, FollowingAnswerer, ListRecorder, samples

NAME = Field("паспорт", "Имя")
NEEDED = "Прочитай поле «Имя». Ответь только значением. Первая буква заглавная, остальные строчные"
IDLE = ("Кстати.", "Это так!", "Вот.")


def led(text: str, requests: int = 400) -> tuple[Objective, FollowingAnswerer]:
    """A search of one field whose leader is this prompt."""
    own = by_field(samples(20))
    answerer = FollowingAnswerer()
    objective = Objective(answerer, own, Scoring(), Budget(requests * len(FIELDS), own), ListRecorder(), search_rules())
    objective.evaluate({NAME: [Prompt(text)]})
    objective.settle()
    return objective, answerer


def cuts(text: str) -> list[str]:
    return [prompt.text for prompt in without_each_sentence(led(text)[0].history(NAME))]


def test_a_prompt_is_cut_sentence_by_sentence_whoever_wrote_it() -> None:
    assert cuts("Какая фамилия? Только значение!  С заглавной.") == [
        "Только значение! С заглавной.",
        "Какая фамилия? С заглавной.",
        "Какая фамилия? Только значение!",
    ]
    assert cuts("Имя: гор.Тверь, 12.05.1999") == []
    assert cuts("Одна строка\n\n другая") == ["другая", "Одна строка"]


def test_what_was_tried_is_not_proposed_again() -> None:
    objective, _ = led("Имя. Да")
    objective.evaluate({NAME: [Prompt("Имя")]})
    known = {trial.prompt.text for trial in objective.trials(NAME)}
    assert not known & {prompt.text for prompt in without_each_sentence(objective.history(NAME))}


def test_idle_phrases_leave_and_needed_ones_stay() -> None:
    objective, _ = led(f"{IDLE[0]} {NEEDED}. {IDLE[1]} {IDLE[2]}")
    before = present(objective.leader(NAME)).score.cer
    shorten(objective, {NAME: without_each_sentence})
    after = present(objective.leader(NAME))
    assert after.finished and after.score.cer <= before
    assert after.prompt.text.rstrip(".") == NEEDED and after.prompt.origin == "shorten"
    assert not without_each_sentence(objective.history(NAME)), "every cut of it was tried"


@pytest.mark.parametrize("requests", [20, 23, 41, 60])
def test_it_takes_what_the_budget_leaves(requests: int) -> None:
    objective, answerer = led(f"{NEEDED}. {' '.join(IDLE)}", requests)
    shorten(objective, {NAME: without_each_sentence})
    assert answerer.answered <= requests and present(objective.leader(NAME)).finished
