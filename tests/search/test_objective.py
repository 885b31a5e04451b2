"""The objective: lockstep rounds, one call a block ordered by image, the budget held whatever a strategy wants."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from benchmarks.stated import search_rules, stated

from present import present
from promptfit.data.grouping import by_field
from promptfit.evaluate.scoring import Scoring
from promptfit.search.budget import Budget
from promptfit.search.objective import Objective
from promptfit.search.search_rules import SearchRules
from promptfit.types import Field, Prompt
from scripted_answerer import FIELDS, FollowingAnswerer, ListRecorder, samples

NAME, SEX = Field("паспорт", "Имя"), Field("паспорт", "Пол")
GOOD = Prompt("Прочитай поле «Имя». Ответь только значением. Первая буква заглавная, остальные строчные")


def objective(
    documents: int = 20, requests: int = 4000, rules: SearchRules | None = None, **more: Any
) -> tuple[Objective, FollowingAnswerer, ListRecorder]:
    own = by_field(samples(documents))
    answerer, recorder = FollowingAnswerer(), ListRecorder()
    return (
        Objective(answerer, own, Scoring(), Budget(requests, own), recorder, rules or search_rules(), **more),
        answerer,
        recorder,
    )


def test_a_block_of_all_fields_is_one_call_ordered_by_image() -> None:
    tried, answerer, _ = objective()
    tried.evaluate({field: [Prompt(f"Напиши {field.question_type}"), Prompt("Что?")] for field in FIELDS})
    first = [request.image_digest for request in answerer.calls[0]]
    assert len(first) == len(FIELDS) * 2 * 2
    assert first == sorted(first)
    assert len(set(first)) == 6, "fields of a type share the images of the first block"
    assert len(answerer.calls) <= 5


def test_a_weak_prompt_stops_and_the_best_one_leads() -> None:
    tried, _, recorder = objective()
    trials = tried.evaluate({NAME: [Prompt("Напиши Имя"), GOOD]}, iteration=3)[NAME]
    assert [(trial.finished, trial.requests, trial.iteration) for trial in trials] == [(False, 2, 3), (True, 20, 3)]
    assert tried.leader(NAME) == trials[1] and tried.leader(SEX) is None
    assert {trial.prompt.text for trial in recorder.trials} == {"Напиши Имя", GOOD.text}
    assert tried.history(SEX).peers == {NAME: trials[1]}


def test_what_was_tried_is_not_asked_again() -> None:
    tried, answerer, _ = objective()
    first = tried.evaluate({NAME: [GOOD, GOOD]})
    assert len(first[NAME]) == 2 and answerer.answered == 20
    assert tried.evaluate({NAME: [GOOD]})[NAME] == first[NAME][:1]
    assert answerer.answered == 20


def test_a_later_better_prompt_takes_the_lead_and_an_equal_longer_one_does_not() -> None:
    tried, _, _ = objective()
    worse = Prompt("Напиши Имя. Ответь только значением")
    for prompt, leader in [(worse, worse), (GOOD, GOOD), (Prompt(GOOD.text + ". Кстати"), GOOD)]:
        tried.evaluate({NAME: [prompt]})
        assert present(tried.leader(NAME)).prompt == leader


def test_of_equals_the_shorter_wins_then_text_order() -> None:
    tried, _, _ = objective(rules=search_rules(stated("racing/off")))
    equals = [Prompt(f"{GOOD.text}. {tail}") for tail in ("яя", "б", "а")]
    tried.evaluate({NAME: equals})
    assert present(tried.leader(NAME)).prompt == equals[2]


def test_a_greedy_strategy_never_overspends() -> None:
    draw = random.Random(0)
    tried, answerer, _ = objective(requests=50 * len(FIELDS))
    for number in range(30):
        prompts = [Prompt(f"{GOOD.text} {draw.random()}") for _ in range(9)]
        tried.evaluate(dict.fromkeys(FIELDS, prompts), number)
    tried.settle()
    assert answerer.answered <= 50 * len(FIELDS)
    for field in FIELDS:
        assert sum(trial.requests for trial in tried.trials(field)) <= 50
        assert present(tried.leader(field)).finished and not tried.worthwhile(field)


def test_a_leader_that_is_far_from_good_is_measured_roughly_and_whole_in_the_end() -> None:
    """Every race in which nobody beats it asks it of more documents."""
    tried, answerer, recorder = objective()
    bad = Prompt("Напиши Имя")
    tried.evaluate({NAME: [bad]}, iteration=2)
    assert (present(tried.leader(NAME)).finished, present(tried.leader(NAME)).requests, answerer.answered) == (
        False,
        4,
        4,
    )
    seen = []
    for number in range(4):
        tried.evaluate({NAME: [Prompt(f"Что здесь? {number}")]})
        seen.append(present(tried.leader(NAME)).requests)
    assert seen == [8, 16, 20, 20] and present(tried.leader(NAME)).prompt == bad
    assert present(tried.leader(NAME)).finished and present(tried.leader(NAME)).iteration == 2
    assert [trial.requests for trial in recorder.trials if trial.prompt == bad] == [4, 8, 16, 20]

    tried.evaluate({SEX: [Prompt("Напиши Пол")]})
    before = answerer.answered
    tried.settle()
    assert present(tried.leader(SEX)).finished and answerer.answered == before + 16
    tried.settle()
    assert answerer.answered == before + 16


def test_what_beats_a_rough_leader_on_what_that_saw_takes_its_place() -> None:
    tried, _, _ = objective()
    tried.evaluate({NAME: [Prompt("Напиши Имя")]})
    tried.evaluate({NAME: [GOOD]})
    assert present(tried.leader(NAME)).prompt == GOOD and present(tried.leader(NAME)).finished
    rough = next(trial for trial in tried.trials(NAME) if trial.prompt != GOOD)
    assert (rough.finished, rough.requests) == (False, 4)


def test_the_price_of_finishing_a_rough_leader_is_set_aside() -> None:
    tried, _, _ = objective(requests=len(FIELDS) * 25)
    tried.evaluate({NAME: [Prompt("Напиши Имя")]})
    assert tried.left(NAME) == 21 and present(tried.leader(NAME)).requests == 4
    assert tried.probe(NAME, GOOD, tried.samples(NAME)[:6]) is None
    assert tried.probe(NAME, GOOD, tried.samples(NAME)[:5]) is not None
    tried.settle()
    assert present(tried.leader(NAME)).finished and tried.left(NAME) == 0


def test_a_field_whose_leader_cannot_be_bettered_is_done() -> None:
    tried, _, _ = objective()
    assert tried.worthwhile(NAME)
    tried.evaluate({NAME: [Prompt("Напиши Имя. Ответь только значением. Title case")]})
    assert tried.worthwhile(NAME)
    tried.evaluate({NAME: [GOOD]})
    assert present(tried.leader(NAME)).score.cer <= 0.01 and not tried.worthwhile(NAME)


def test_documents_come_in_one_seeded_order_a_type_whatever_order_they_were_given_in() -> None:
    def first_block(seed: int, backwards: bool) -> list[str]:
        own = by_field(samples(20)[:: -1 if backwards else 1])
        answerer = FollowingAnswerer()
        tried = Objective(answerer, own, Scoring(), Budget(4000, own), ListRecorder(), search_rules(), seed)
        tried.evaluate({NAME: [GOOD], SEX: [Prompt("Пол")]})
        return sorted({request.image_digest for request in answerer.calls[0]})

    assert first_block(1, False) == first_block(1, True)
    assert len(first_block(1, False)) == 2
    assert len({tuple(first_block(seed, False)) for seed in range(4)}) > 1


def test_a_prompt_with_a_true_answer_in_it_is_rejected_and_counted_once() -> None:
    tried, answerer, recorder = objective(documents=40)
    town = Field("паспорт", "Место рождения")
    few = tried.evaluate({town: [Prompt("Пример: гор. Калуга")]})
    assert len(few[town]) == 1, "its few distinct answers are vocabulary"
    number = Field("паспорт", "Серия и номер паспорта")
    leaky = Prompt("Пример: " + tried.samples(number)[0].answer, "few.csv")
    before = answerer.answered
    assert tried.evaluate({number: [leaky]})[number] == tried.evaluate({number: [leaky]})[number] == []
    assert tried.probe(number, leaky, tried.samples(number)[:2]) is None
    assert answerer.answered == before
    (said,) = tried.leaks
    assert said.startswith(
        f"паспорт Серия и номер паспорта: the prompt {leaky.text!r} (few.csv) has a true answer in it, '"
    )
    assert leaky.text not in {trial.prompt.text for trial in recorder.trials}


def test_a_probe_pays_the_budget_and_is_no_trial() -> None:
    tried, answerer, recorder = objective(requests=len(FIELDS) * 20)
    scored = tried.probe(NAME, GOOD, tried.samples(NAME)[:15])
    assert scored is not None and len(scored) == 15 == answerer.answered
    assert tried.left(NAME) == 5 and not recorder.trials and tried.leader(NAME) is None
    assert tried.probe(NAME, GOOD, tried.samples(NAME)[:6]) is None
    assert answerer.answered == 15


def test_a_field_starts_from_what_was_given_else_from_its_question() -> None:
    tried, _, _ = objective(start={NAME: [GOOD]})
    assert tried.start(NAME) == (GOOD,) == tried.given(NAME)
    assert tried.start(SEX) == (Prompt("Пол", "question"),) and tried.given(SEX) == ()


def test_threads_share_it() -> None:
    tried, _, _ = objective()
    alone, _, _ = objective()
    prompts = {field: [Prompt(f"Напиши {field.question_type}"), Prompt("Что?")] for field in FIELDS}
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda field: tried.evaluate({field: prompts[field]}), FIELDS))
    alone.evaluate(prompts)
    assert {field: tried.trials(field) for field in FIELDS} == {field: alone.trials(field) for field in FIELDS}


def test_a_search_whose_prompts_are_as_bad_as_the_start_ends_with_the_start() -> None:
    """A weak generator's prompts differ by luck alone; the shortest of them, or the luckiest, is no find."""
    start = {NAME: (Prompt("Назови Имя", "question"),)}
    tried, answerer, _ = objective(start=start)
    weak = [Prompt("Скажи Имя"), Prompt("Что за Имя"), Prompt("Имя, живее")]
    tried.evaluate({NAME: [*start[NAME], *weak]})
    tried.confirm()
    assert present(tried.leader(NAME)).score.cer > 0.5
    assert present(tried.leader(NAME)).prompt == start[NAME][0] and present(tried.leader(NAME)).finished
    assert sum(trial.requests for trial in tried.trials(NAME)) == answerer.answered
    tried.evaluate({NAME: [GOOD]}, 1)
    tried.confirm()
    assert present(tried.leader(NAME)).prompt == GOOD


def test_a_start_with_a_part_taken_out_is_not_put_back() -> None:
    long = Prompt(f"{GOOD.text}. Кстати", "file")
    tried, _, _ = objective(start={NAME: (long,)})
    tried.evaluate({NAME: [long]})
    tried.evaluate({NAME: [Prompt(GOOD.text, "shorten", long.text)]}, 1, tried.rules.for_equals())
    tried.confirm()
    assert present(tried.leader(NAME)).prompt.text == GOOD.text
