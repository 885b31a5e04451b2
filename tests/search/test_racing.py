"""When a prompt stops: the rules one by one, and how often they lose the best prompt (simulated, seeded)."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from benchmarks.stated import search_rules, stated

from present import present
from promptfit.score.aggregate import pool
from promptfit.search.search_race import Document, Race, Runner
from promptfit.search.search_rules import SearchRacing
from promptfit.types import Answer, Counts, Field, Prompt, Reading, Sample, Scored, Trial

FIELD = Field("passport", "Имя")
NEVER = float("inf")


def raced(**changes: float) -> SearchRacing:
    """A search's racing, with other figures."""
    racing = search_rules(None, **changes).racing
    assert isinstance(racing, SearchRacing)
    return racing


def test_out_of_reach_is_certain() -> None:
    rules = raced()
    assert rules.losers([[3, 2]], [10, 10], leader=[3, 3], to_beat=6) == set()
    assert rules.losers([[3, 3]], [10, 10], leader=[4, 3], to_beat=6) == {0}


def test_obviously_worse_needs_every_document_and_two_of_them() -> None:
    rules = raced()
    assert rules.losers([[0, 0], [3, 3]], [10, 10], None, NEVER) == {1}
    assert rules.losers([[0, 0], [9, 2]], [10, 10], None, NEVER) == set()
    assert rules.losers([[0], [9]], [10], None, NEVER) == set()


def test_only_the_best_placed_that_are_ahead_of_the_leader_reach_the_finals() -> None:
    rules = raced(lose=0.0, gap=99, room=99, finals=3, finalists=2)
    tallies = [[0, 0, 1], [0, 1, 1], [1, 1, 1], [2, 2, 2]]
    assert rules.losers(tallies, [10] * 3, None, NEVER) == {2, 3}
    assert rules.losers(tallies, [10] * 3, leader=[0, 2, 0], to_beat=NEVER) == {1, 2, 3}
    assert rules.losers([tally[:2] for tally in tallies], [10] * 2, None, NEVER) == set()


def test_of_twins_the_better_placed_runs_on_once_there_was_something_to_mend() -> None:
    rules = raced(room=3)
    assert rules.losers([[1, 2, 1], [1, 2, 1]], [10] * 3, None, NEVER) == {1}
    assert rules.losers([[1, 2, 0], [1, 2, 0]], [10] * 3, None, NEVER) == set()
    assert rules.losers([[1, 2, 1]], [10] * 3, leader=[1, 2, 1], to_beat=NEVER) == {0}


def test_equals_without_an_error_run_on() -> None:
    assert raced(finals=99).losers([[0] * 16, [0] * 16], [10] * 16, None, NEVER) == set()


def test_the_error_rate_is_spent_over_the_prompts_of_a_look() -> None:
    rules = raced(gap=9.0, room=99, finals=99)
    slightly_worse = [1] * 8  # one-sided p = 1/256, below lose / 4 looks
    assert rules.losers([[0] * 8, slightly_worse], [10] * 8, None, NEVER) == {1}
    now_and_then = [[9, 0, 0, 0, 0, 0, 0, 0]] * 6
    assert rules.losers([[0] * 8, slightly_worse, *now_and_then], [10] * 8, None, NEVER) == set()


def documents(count: int, size: int = 1) -> list[Document]:
    def sample(number: int) -> Sample:
        return Sample(f"d{number}", Path(f"d{number}.png"), f"d{number}", "", "x" * 10, FIELD, "search")

    return [Document(f"d{number}", (sample(number),) * size) for number in range(count)]


def scored(document: Document, edits: int) -> list[Scored]:
    counts = Counts(
        {"cer": (edits, 10), "exact": (float(not edits), 1), "wer": (0, 1), "anls": (0.0, 1)}
        | {"value": (int(not edits), 1), "missed": (0, 1), "false_extraction": (0, 0), "fidelity": (0, 0)}
    )
    return [Scored(sample, Answer(""), Reading(""), counts) for sample in document.samples]


def runner(text: str, edits: dict[int, int], count: int) -> Runner:
    done = Runner(Prompt(text))
    for number, document in enumerate(documents(count)):
        done.take(document, scored(document, edits.get(number, 0)))
    return done


def run(race: Race, edits: dict[str, list[int]], left: int = 10_000) -> int:
    """Runs a race whose prompts make these edits on d0, d1, …; returns the requests spent."""
    spent = 0
    while not race.over:
        block = race.block(left - spent)
        spent += sum(len(document.samples) for _, document in block)
        for one, document in block:
            one.take(document, scored(document, edits[one.prompt.text][int(document.name[1:])]))
        race.look()
    return spent


def test_the_documents_come_first_on_which_the_leader_erred() -> None:
    race = Race(search_rules(), documents(20), [Prompt("new")], runner("leader", {17: 4, 19: 4}, 20))
    assert [document.name for document in race.documents[:4]] == ["d17", "d19", "d0", "d1"]
    assert run(race, {"new": [4 if number in (17, 19) else 0 for number in range(20)]}) == 2
    assert race.stopped and not race.running and race.winner is race.leader


def test_a_letter_that_everybody_misreads_makes_nobody_a_twin_of_a_leader_that_rambles() -> None:
    leader = runner("leader", {3: 1, 5: 1, 18: 119}, 20)
    race = Race(search_rules(), documents(20), [Prompt("better")], leader)
    assert [document.name for document in race.documents[:4]] == ["d18", "d3", "d5", "d0"], "the most lost comes first"
    run(race, {"better": [int(number in (3, 5)) for number in range(20)]})
    assert present(race.winner).prompt.text == "better"


def test_a_race_ends_where_its_best_prompt_is_far_from_good() -> None:
    race = Race(search_rules(), documents(20), [Prompt("bad"), Prompt("worse")], None)
    assert run(race, {"bad": [3] * 20, "worse": [9] * 20}) == 2 + 4
    assert (present(race.winner).prompt.text, len(present(race.winner).losses)) == ("bad", 4)
    assert run(Race(search_rules(), documents(20), [Prompt("good")], None), {"good": [0] * 20}) == 20


def test_a_rough_leader_is_held_against_on_what_it_saw_and_seen_more_of_when_it_stays() -> None:
    rough = runner("leader", dict.fromkeys(range(4), 3), 4)
    race = Race(search_rules(), documents(20), [Prompt("new")], rough)
    assert [document.name for document in race.documents[:6]] == ["d0", "d1", "d2", "d3", "d4", "d5"]
    assert run(race, {"new": [9] * 20, "leader": [3] * 20}) == 2 + 4
    assert race.winner is rough and len(rough.losses) == 8 and [one.prompt.text for one in race.stopped] == ["new"]

    race = Race(search_rules(), documents(20), [Prompt("better")], rough)
    assert run(race, {"better": [1] * 20, "leader": [3] * 20}) == 8
    assert present(race.winner).prompt.text == "better" and len(rough.losses) == 8
    race = Race(search_rules(), documents(20), [Prompt("good")], rough)
    assert run(race, {"good": [0] * 20}) == 20 and present(race.winner).prompt.text == "good"


@pytest.mark.parametrize("left", range(20, 40))
def test_a_rough_leader_can_always_be_finished(left: int) -> None:
    rough = runner("leader", dict.fromkeys(range(4), 3), 4)
    names = [Prompt(text) for text in "abcde"]
    race = Race(search_rules(), documents(20), names, rough)
    spent = run(race, {text.text: [place] * 20 for place, text in enumerate([*names, Prompt("leader")])}, left)
    winner = present(race.winner)
    assert spent <= left and 20 - len(winner.losses) <= left - spent


def test_the_price_of_one_finish_is_set_aside_before_others_are_asked() -> None:
    prompts = [Prompt(text) for text in "abcdefgh"]
    edits = {text: [place] * 20 for place, text in enumerate("abcdefgh")}
    race = Race(search_rules(gap=99, room=99, lose=0, finals=99), documents(20), prompts, None)
    assert run(race, edits, left=27) <= 27
    assert [one.prompt.text for one in race.running] == ["a"] and len(race.running[0].scored) == 20


def test_nobody_starts_who_cannot_finish() -> None:
    race = Race(search_rules(), documents(20), [Prompt("a")], None)
    assert run(race, {"a": [0] * 20}, left=19) == 0 and race.over and not race.running


def test_documents_of_several_samples_are_asked_whole() -> None:
    race = Race(search_rules(), documents(5, size=3), [Prompt("a")], None)
    assert run(race, {"a": [0] * 5}) == 15


def test_no_looks_is_no_race() -> None:
    for rules in (search_rules(looks=()), search_rules(stated("racing/off"))):
        race = Race(rules, documents(6), [Prompt("a"), Prompt("b")], None)
        assert run(race, {"a": [0] * 6, "b": [9] * 6}) == 12


@pytest.mark.parametrize("leader_errs", [0.05, 0.3, 1.0])
def test_simulated_how_often_the_best_prompt_is_lost(leader_errs: float) -> None:
    """Prompts that fail on a share of the documents: the best is next to never lost, and nothing much with it."""
    draw = random.Random(f"races {leader_errs}")
    lost, regret, races = 0, 0.0, 60
    for _ in range(races):
        shares = [draw.choice([0.02, 0.1, 0.3, 0.6, 1.0]) for _ in range(8)]
        edits = {
            f"{place}": [draw.randint(2, 9) * (draw.random() < share) for _ in range(20)]
            for place, share in enumerate(shares)
        }
        leader = runner("leader", {n: draw.randint(2, 9) for n in range(20) if draw.random() < leader_errs}, 20)
        race = Race(search_rules(), documents(20), [Prompt(text) for text in edits], leader)
        run(race, edits)
        best = min(sum(leader.losses.values()), *(sum(tally) for tally in edits.values()))
        found = min(sum(one.losses.values()) for one in [leader, *race.running])
        lost += found > best + 0.01 * 200
        regret += (found - best) / 200
    assert lost / races <= 0.1
    assert regret / races <= 0.005


@pytest.mark.parametrize(("mends", "at_most"), [(0.5, 0.3), (0.8, 0.06), (1.0, 0.0)])
def test_simulated_how_often_a_prompt_that_mends_a_share_passes_for_a_twin(mends: float, at_most: float) -> None:
    draw = random.Random(f"twins {mends}")
    lost, races = 0, 150
    for _ in range(races):
        leader = runner("leader", dict.fromkeys(range(20), 6), 20)
        race = Race(search_rules(), documents(20), [Prompt("mending")], leader)
        run(race, {"mending": [0 if draw.random() < mends else 6 for _ in range(20)]})
        lost += not race.running
    assert lost / races <= at_most


def test_of_equals_what_the_field_started_from_wins_though_it_is_longer() -> None:
    same = {"What is the name?": [3] * 20, "name": [3] * 20}
    prompts = [Prompt(text) for text in same]
    race = Race(search_rules(), documents(20), prompts, None, start={"What is the name?"})
    run(race, same)
    assert present(race.winner).prompt.text == "What is the name?"
    race = Race(search_rules(looks=()), documents(20), prompts, None, start={"What is the name?"})
    run(race, same)
    assert present(race.winner).prompt.text == "What is the name?"
    race = Race(search_rules(looks=()).for_equals(), documents(20), prompts, None, start={"What is the name?"})
    run(race, same)
    assert present(race.winner).prompt.text == "name", "a pass that shortens is there for this"


@pytest.mark.parametrize(
    ("before", "after", "better"), [(100, 91, False), (100, 90, True), (1, 0, True), (0, 0, False), (5, 5, False)]
)
def test_a_winner_has_to_mend_a_tenth_of_what_the_start_got_wrong(before: int, after: int, better: bool) -> None:
    def trial(text: str, edits: int, count: int) -> Trial:
        scored = runner(text, {0: edits}, count).scored
        return Trial(FIELD, Prompt(text), 0, pool(scored), tuple(scored), True, count)

    assert search_rules().betters(trial("best", after, 20), trial("start", before, 20)) == better
    seen_less = trial("start", before, 4)
    assert search_rules().betters(trial("best", after, 20), seen_less) == better, "on the documents that both saw"
