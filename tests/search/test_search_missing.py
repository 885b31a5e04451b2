"""A search goes on without documents that get no answer, and without prompts that can't be asked."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import pytest
from benchmarks.stated import search_rules
from hydra.utils import instantiate
from omegaconf import OmegaConf

from promptfit.answer.answerer import Answerer
from promptfit.answer.cached_answerer import AnswerCache, CachedAnswerer
from promptfit.data.grouping import by_field
from promptfit.evaluate.ask import Unanswered
from promptfit.evaluate.obtained import Obtained
from promptfit.evaluate.scoring import Scoring
from promptfit.search.budget import Budget
from promptfit.search.objective import Objective
from promptfit.search.search_run import SearchResult, run_search
from promptfit.types import Prompt, PromptfitError
from scripted_answerer import CONF, FIELDS, FollowingAnswerer, ListRecorder, nobody, samples
from withholding import Withholding

SOME = dict(list(FIELDS.items())[:2])
FIRST = next(iter(SOME))
GOOD = Prompt(
    f"Прочитай поле «{FIRST.question_type}». Ответь только значением. Первая буква заглавная, остальные строчные"
)
BAD = Prompt(f"Прочитай <|image_pad|> поле «{FIRST.question_type}»")


def search(answerer: Answerer, obtained: Obtained, strategy: str = "edits", **more: object) -> SearchResult:
    splits = {split: samples(20, split, SOME) for split in ("search", "holdout")}
    built = instantiate(OmegaConf.load(CONF / "strategy" / f"{strategy}.yaml"))
    how = (built, nobody(SOME), 300 * len(SOME), ListRecorder(), Scoring(), search_rules())
    return run_search(splits, answerer, *how, obtained=obtained, **more)  # type: ignore[arg-type]


def documents(split: str, *numbers: int) -> list[str]:
    return [sorted({one.document for one in samples(20, split, SOME)})[number] for number in numbers]


def objective(images: Collection[str] = (), held: Withholding | None = None) -> Objective:
    own = by_field(samples(20, "search", {FIRST: FIELDS[FIRST]}))
    held = held or Withholding(FollowingAnswerer(), images)
    return Objective(held, own, Scoring(), Budget(400, own), ListRecorder(), search_rules())


def test_one_refused_document_leaves_for_all_prompts(tmp_path: Path) -> None:
    gone, obtained = documents("search", 4), Obtained()
    held = Withholding(FollowingAnswerer(), gone)
    kept = CachedAnswerer(held, AnswerCache(tmp_path / "kept.sqlite"))
    result = search(kept, obtained)
    assert obtained.documents.keys() == set(gone) and not obtained.over and not obtained.prompts
    for one in result.fields:
        assert one.documents == one.of == 19 and one.winner.finished and one.search.documents == 19
        assert not any(scored.sample.document in gone for trial in one.trials for scored in trial.scored)
    assert search(kept, Obtained()) == result, "the same again over kept answers"


def test_a_prompt_with_a_placeholder_is_dropped_with_its_reason() -> None:
    obtained = Obtained()
    result = search(Withholding(FollowingAnswerer()), obtained, "candidates", start={FIRST: (BAD, GOOD)})
    found = result.fields[0]
    assert found.prompt == GOOD and [trial.prompt for trial in found.trials] == [GOOD]
    assert obtained.prompts == {(FIRST.name, BAD.text): "the prompt holds a placeholder"} and not obtained.documents


def test_a_dropped_prompt_is_not_asked_again() -> None:
    held = Withholding(FollowingAnswerer(), ())
    found = objective(held=held)
    found.evaluate({FIRST: [GOOD]})
    for _ in range(2):
        assert found.evaluate({FIRST: [BAD]}) == {FIRST: []}
    assert found.probe(FIRST, Prompt("Имя <|image_pad|>"), found.samples(FIRST)[:3]) is None
    assert found.leading(FIRST) == GOOD and len(found.samples(FIRST)) == 20
    assert held.refused <= 2 + 3


def test_a_probe_tells_of_what_is_left() -> None:
    found = objective(documents("search", 3))
    everything = found.samples(FIRST)
    said = found.probe(FIRST, GOOD, everything)
    assert said is not None and len(said) == 19 == len(found.samples(FIRST))


def test_a_document_that_leaves_late_is_taken_out_of_what_was_tried() -> None:
    found = objective()
    found.evaluate({FIRST: [GOOD, Prompt("Имя")]})
    name = found.samples(FIRST)[0].document
    found._states[FIRST].leave(name)
    for trial in found.trials(FIRST):
        assert trial.requests == len(trial.scored) == trial.score.documents
        assert name not in {one.sample.document for one in trial.scored}
    leader = found._states[FIRST].leader
    assert leader and name not in leader.losses and len(leader.scored) == 19
    found.evaluate({FIRST: [Prompt(f"{GOOD.text}. Без кавычек")]})
    found.confirm()


def test_too_many_missing_documents_end_the_search_with_what_it_has() -> None:
    obtained = Obtained()
    result = search(Withholding(FollowingAnswerer(), documents("search", 1, 5, 9)), obtained)
    assert obtained.over and len(result.fields) == len(SOME)
    full = search(Withholding(FollowingAnswerer()), Obtained())
    assert result.requests < full.requests, "nothing more is proposed"
    with pytest.raises(PromptfitError, match="3 of 40 documents got no answer"):
        obtained.check()


def test_a_winner_is_measured_on_what_is_left_of_the_holdout() -> None:
    obtained = Obtained()
    result = search(Withholding(FollowingAnswerer(), documents("holdout", 2)), obtained, "candidates")
    assert {one.holdout.documents for one in result.fields if one.holdout} == {19}
    assert obtained.documents.keys() == set(documents("holdout", 2))


def test_where_nobody_answers_anything_the_search_ends_at_once() -> None:
    with pytest.raises(Unanswered, match="requests got no answer"):
        search(Withholding(images=documents("search", *range(20))), Obtained())
