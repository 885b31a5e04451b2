"""Whole selections over an answerer whose mistakes are in the prompt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from benchmarks.stated import stated

from deciding_answerer import DATE, NAME, SNILS, DecidingAnswerer, candidate, samples
from present import present
from promptfit.answer.answerer import Answerer
from promptfit.answer.cached_answerer import AnswerCache, CachedAnswerer
from promptfit.data.grouping import by_field
from promptfit.evaluate.no_race import NoRace
from promptfit.evaluate.scoring import Scoring
from promptfit.score.aggregate import pool
from promptfit.select.baselines import NAIVE, QUESTION, baselines, with_baselines
from promptfit.select.choose import CHEAPER, SINGLE, Choice, choose
from promptfit.select.collections import evaluate, planned
from promptfit.select.finalists import cheapest_of_the_best
from promptfit.select.gather import Candidate, Gathered
from promptfit.select.select_rules import SelectRacing
from promptfit.select.selection import Selection, SelectionRules, run_select
from promptfit.types import Field, PromptfitError, Sample

OWN = {
    NAME: (candidate("err 3", "gpt", cer=0.01), candidate("err 30", "edits", cer=0.1), candidate("err 60", "llama")),
    DATE: (candidate("err 40", "gpt", cer=0.1), candidate("err 5", "edits", "llama", cer=0.02)),
    SNILS: (candidate("a same err 10", "gpt", cer=0.2), candidate("same err 10 ", "edits")),
}
CANDIDATES = Gathered(OWN, ("gpt", "edits", "llama"), (), ())
SPLITS = {
    split: [sample for field in OWN for sample in samples(field, count, split)]
    for split, count in (("select", 150), ("test", 120))
}
RULES = SelectionRules(stated("racing/select"), zone=0.001, folds=10, doubt=0.5)


def select(
    answerer: Answerer,
    splits: Mapping[str, Sequence[Sample]] = SPLITS,
    rules: SelectionRules = RULES,
    candidates: Gathered = CANDIDATES,
    **more: Any,
) -> Selection:
    return run_select(candidates, more.get("baselines", {}), splits, answerer, Scoring(), rules)


def chosen(
    *candidates: Candidate,
    documents: int = 60,
    racing: SelectRacing | NoRace = RULES.racing,
    captures: int = 1,
    field: Field = NAME,
) -> Choice:
    own = {field: samples(field, documents, captures=captures)}
    found = evaluate({field: candidates}, own, DecidingAnswerer(), Scoring(), racing)
    return choose(found, RULES.zone)[field]


@pytest.fixture(scope="module")
def answerer() -> DecidingAnswerer:
    return DecidingAnswerer()


@pytest.fixture(scope="module")
def selection(answerer: DecidingAnswerer) -> Selection:
    return select(answerer)


def test_the_best_of_every_field_is_found_and_a_tie_is_named(selection: Selection) -> None:
    assert [one.best.text for one in selection.choices.values()] == ["err 3", "err 5", "same err 10 "]
    name, date, snils = selection.choices.values()
    assert name.settled and date.settled and present(name.p) <= present(name.p_adjusted) <= 0.05
    assert not snils.settled and snils.p == 1 and snils.p_adjusted == 1 and present(snils.plan).needed is None
    assert snils.ties == (0,) and snils.winner == 1, "the shorter prompt"


def test_scores_are_those_of_the_pool(selection: Selection) -> None:
    for field, choice in selection.choices.items():
        for place, score in enumerate(choice.scores):
            assert score == pool(selection.evaluations[field].scored[place])


def test_what_the_race_saved_is_reported(selection: Selection, answerer: DecidingAnswerer) -> None:
    name = selection.choices[NAME]
    assert {drop.candidate for drop in name.drops} == {1, 2} and name.requests < name.full_requests == 450
    assert name.finished == (0,) and name.runner_up == name.drops[-1].candidate
    assert answerer.answered == selection.requests + selection.test_requests
    assert selection.full_requests == planned(OWN, by_field(SPLITS["select"]))
    assert selection.figures()["share_of_full"] == selection.requests / selection.full_requests


def test_the_winner_is_measured_on_test_and_the_gaps_are_given(selection: Selection) -> None:
    for field, trial in selection.test.items():
        choice, gaps = selection.choices[field], selection.gaps(field)
        assert trial.prompt.text == choice.best.text and trial.score.documents == 120
        assert gaps.select == trial.score.cer - choice.score.cer
        assert gaps.stage1 == (None if choice.best.cer is None else trial.score.cer - choice.best.cer)


def test_nothing_of_test_is_asked_before_the_choice_and_only_of_what_was_chosen(
    selection: Selection, answerer: DecidingAnswerer
) -> None:
    first = next(place for place, call in enumerate(answerer.calls) if call[0].image_digest.startswith("test"))
    assert all(r.image_digest.startswith("select") for call in answerer.calls[:first] for r in call)
    assert all(r.image_digest.startswith("test") for call in answerer.calls[first:] for r in call)
    assert {r.prompt for r in answerer.calls[first]} == {one.best.text for one in selection.choices.values()}


def test_fields_run_in_lockstep_ordered_by_image(selection: Selection, answerer: DecidingAnswerer) -> None:
    shared = answerer.calls[0]
    assert {r.prompt for r in shared} == {one.text for own in OWN.values() for one in own}
    assert [r.image_digest for r in shared] == sorted(r.image_digest for r in shared)
    assert len({r.image_digest for r in shared if "passport" in r.image_digest}) == 20, (
        "a type's fields share documents"
    )


def test_mixing_is_compared_with_the_best_label_on_test(selection: Selection) -> None:
    single = present(selection.single)
    assert single.label == "edits" and single.fields == (NAME, DATE, SNILS)
    assert single.gain == single.single.macro.cer - single.mixed.macro.cer > 0.01 and single.p < 0.05
    assert single.mixed == selection.test_overall
    assert single.select_macro == pytest.approx(single.single.macro.cer, abs=0.05), "an estimate, since one was dropped"


def test_overall_figures_are_means_and_pools(selection: Selection) -> None:
    found = present(selection.test_overall)
    cers = [trial.score.cer for trial in selection.test.values()]
    assert found.macro.cer == pytest.approx(sum(cers) / 3, rel=1e-12)
    assert found.macro.low < found.macro.cer < found.macro.high and found.macro.interval == "gamma"
    assert found.pooled == pool([one for trial in selection.test.values() for one in trial.scored])
    assert found.macro.values["exact"] == pytest.approx(
        sum(trial.score.values["exact"] for trial in selection.test.values()) / 3
    )


def test_a_recorder_gets_a_trial_a_candidate(selection: Selection) -> None:
    trials = selection.trials(NAME)
    assert [(one.prompt.origin, one.finished) for one in trials] == [("gpt", True), ("edits", False), ("llama", False)]
    assert sum(one.requests for one in trials) == selection.choices[NAME].requests


def test_racing_off_chooses_the_same_at_full_price(selection: Selection) -> None:
    full = select(DecidingAnswerer(), rules=SelectionRules(stated("racing/off"), 0.001, 10, 0.5))
    assert [one.best for one in full.choices.values()] == [one.best for one in selection.choices.values()]
    assert full.requests == full.full_requests == 7 * 150


def test_an_interrupted_selection_goes_on_from_what_is_kept_and_ends_the_same(
    selection: Selection, tmp_path: Path
) -> None:
    store = tmp_path / "answers.sqlite"
    with pytest.raises(KeyboardInterrupt):
        select(CachedAnswerer(DecidingAnswerer(300), AnswerCache(store)))
    again = DecidingAnswerer()
    found = select(CachedAnswerer(again, AnswerCache(store)))
    assert (found.choices, found.test, found.single) == (selection.choices, selection.test, selection.single)
    assert again.answered <= selection.requests + selection.test_requests - 250
    third = DecidingAnswerer()
    assert select(CachedAnswerer(third, AnswerCache(store))).figures() == found.figures()
    assert third.answered == 0


def test_one_document_tells_nothing_apart() -> None:
    choice = chosen(candidate("err 100"), candidate("fine prompt"), documents=1)
    assert choice.best.text == "fine prompt" and choice.ties and not choice.settled and choice.p == 1
    assert present(choice.plan).needed is None and choice.scores[0].interval == choice.score.interval == "none"
    assert "one document" in choice.flags[0]


def test_all_answers_equal_is_a_tie_broken_by_the_rule() -> None:
    dear, cheap = candidate("b same err 20 dear"), candidate("b same err 20 poor")
    choice = chosen(candidate("same err 20 but longer"), dear, cheap, candidate("c same err 20 poor"))
    assert choice.best == cheap, "as short as others, cheaper than one, first by text"
    assert set(choice.ties) == {0, 1, 2, 3} - {choice.finished[0]} and choice.p == 1 and not choice.settled
    assert choice.why == ("lowest CER" if choice.finished[0] == 2 else CHEAPER)
    assert any("the same edits" in flag for flag in choice.flags)


def test_no_error_at_all_gets_the_exact_bound() -> None:
    choice = chosen(candidate("fine"), candidate("good enough"), documents=120)
    assert choice.best.text == "fine" and choice.score.interval == "exact" and 0 < choice.score.high < 0.04
    assert any("no error" in flag for flag in choice.flags)


def test_a_cer_above_1_is_flagged() -> None:
    choice = chosen(candidate("wordy"), candidate("wordy err 50"), documents=120, captures=2)
    assert choice.score.cer > 1 and choice.score.low > 1
    assert any("above 1" in flag for flag in choice.flags)


def test_a_lone_candidate_wins_untested() -> None:
    choice = chosen(candidate("err 20"))
    assert choice.settled and choice.p is None and choice.p_adjusted is None and choice.runner_up is None
    assert any("fewer than 100" in flag for flag in choice.flags)


def test_of_a_tie_the_lowest_cer_wins_unless_one_as_good_is_cheaper() -> None:
    near = chosen(candidate("a same err 20 dear"), candidate("err 20 same but much longer"), documents=100)
    assert near.best.text == "err 20 same but much longer" and near.why == (
        "lowest CER" if near.finished[0] else CHEAPER
    )
    shorter = chosen(candidate("err 20"), candidate("err 18 and longer"), documents=60)
    assert shorter.best.text == "err 18 and longer" and shorter.why == "lowest CER", "a tie, but not as good"
    assert shorter.ties == (0,) and not shorter.settled
    plan = present(shorter.plan)
    assert present(plan.more) > 0 and plan.needed == 60 + present(plan.more) and present(plan.detectable) > 0


@pytest.mark.parametrize(("zone", "row"), [(0.0, 0), (0.001, 0), (0.002, 2)])
def test_as_good_is_within_the_zone_alone(zone: float, row: int) -> None:
    prices = [(0.0, 9.0), (0.0, 1.0), (0.0, 2.0)]
    assert cheapest_of_the_best(np.array([10, 14, 12]), 1000, ["a", "b", "c"], prices, zone) == row


def of(label: str, *errs: int) -> dict[Field, Candidate]:
    return {field: candidate(f"{label} err {err}", label) for field, err in zip(FIELDS, errs, strict=True)}


FIELDS = (NAME, DATE, SNILS, Field("СНИЛС", "Имя"), Field("passport", "Отчество"), Field("passport", "Пол"))


def mixed(*labels: dict[Field, Candidate], documents: int = 150) -> Selection:
    own = {field: tuple(label[field] for label in labels) for field in FIELDS}
    names = tuple(next(iter(label.values())).labels[0] for label in labels)
    splits = {name: [s for field in own for s in samples(field, documents, name)] for name in ("select", "test")}
    return select(DecidingAnswerer(), splits, candidates=Gathered(own, names, (), ()))


def test_where_one_label_is_the_better_one_everywhere_its_collection_is_taken_whole() -> None:
    """Its prompts lose two fields by luck; the mix would take those from the others, and be worse for it."""
    found = mixed(of("good", 8, 8, 8, 8, 8, 8), of("bad", 10, 10, 10, 10, 10, 10))
    by_luck = {field for field, one in found.choices.items() if one.scores[1].cer < one.scores[0].cer}
    assert by_luck, "or there is nothing to show"
    mixing = present(found.mixing)
    assert not mixing.mixed and mixing.gain <= 0 and mixing.label == "good"
    assert all(one.best.labels == ("good",) for one in found.choices.values())
    assert {field for field, one in found.choices.items() if one.why == SINGLE} == by_luck


def test_where_labels_are_better_in_different_fields_the_mix_is_taken() -> None:
    found = mixed(of("one", 3, 3, 3, 30, 30, 30), of("two", 30, 30, 30, 3, 3, 3))
    mixing = present(found.mixing)
    assert mixing.mixed and mixing.gain > 0.05 and mixing.p < 0.001
    assert [one.best.labels for one in found.choices.values()] == [("one",)] * 3 + [("two",)] * 3
    dropped = sum(len(own) for own in (one.drops for one in found.choices.values()))
    assert dropped == 6 and found.extra_requests > 0, "the single label's dropped prompts are asked of the rest"
    full = sum(one.full_requests for one in found.choices.values())
    assert found.requests <= full


def test_the_baselines_compete_and_are_measured_on_test_whoever_wins() -> None:
    data = [replace(sample, question="err 60") for sample in SPLITS["select"]]
    asked = baselines(OWN, data, question=True, naive={False: "{q} err 90", True: None})
    assert asked[QUESTION] == dict.fromkeys(OWN, "err 60") and asked[NAIVE][SNILS] == "СНИЛС err 90"
    candidates = with_baselines(CANDIDATES, asked)
    assert candidates.labels == ("gpt", "edits", "llama", QUESTION, NAIVE)
    assert candidates.fields[NAME][2].labels == ("llama", QUESTION), "the same text is one candidate"
    found = select(DecidingAnswerer(), candidates=candidates, baselines=asked)
    assert list(found.gains) == [QUESTION, NAIVE]
    gain = found.gains[NAIVE]
    assert gain.baseline.macro.cer > 0.3 > gain.chosen.macro.cer and gain.change == pytest.approx(
        gain.chosen.macro.cer - gain.baseline.macro.cer
    )
    assert gain.low < gain.change < gain.high < 0 and set(gain.trials) == set(OWN)
    assert found.figures()["cer_macro_test_naive_wording"] == gain.baseline.macro.cer
    assert [one.best.text for one in found.choices.values()] == ["err 3", "err 5", "same err 10 "]
    with pytest.raises(PromptfitError, match="own question"):
        with_baselines(candidates, asked)


def test_a_field_without_samples_is_said_before_anything_is_asked() -> None:
    answerer = DecidingAnswerer()
    with pytest.raises(PromptfitError, match="no samples of СНИЛС in the split `select`"):
        select(answerer, {"select": samples(NAME, 9) + samples(DATE, 9)})
    assert not answerer.calls


def test_without_test_samples_there_is_no_number_to_quote(selection: Selection) -> None:
    found = select(DecidingAnswerer(), {"select": SPLITS["select"]})
    assert not found.test and found.test_overall is None and found.single is None
    assert found.gaps(NAME).stage1 is None and "cer_macro_test" not in found.figures()
