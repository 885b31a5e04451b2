"""A selection goes on without documents that get no answer, and without candidates that can't be asked."""

from __future__ import annotations

import pytest
from benchmarks.stated import stated

from deciding_answerer import DATE, NAME, DecidingAnswerer, candidate, samples
from promptfit.evaluate.obtained import Obtained
from promptfit.evaluate.scoring import Scoring
from promptfit.select.gather import Gathered
from promptfit.select.recording import record_of
from promptfit.select.selection import Selection, SelectionRules, run_select
from promptfit.types import PromptfitError
from withholding import Withholding

BROKEN = candidate("<|image_pad|> err 1", "llama")
OWN = {
    NAME: (candidate("err 3", "gpt"), BROKEN, candidate("err 30", "edits")),
    DATE: (candidate("err 40", "gpt"), candidate("err 5", "edits")),
}
SPLITS = {split: [one for field in OWN for one in samples(field, 60, split)] for split in ("select", "test")}
RULES = SelectionRules(stated("racing/select"), zone=0.001, folds=10, doubt=0.5)
SETTING = {"answerer": "a", "dataset": "d", "seed": 0, "chain": "strip", "racing": "on"}


def select(obtained: Obtained, *images: str, own: object = OWN) -> Selection:
    held = Withholding(DecidingAnswerer(), images)
    gathered = Gathered(own, ("gpt", "edits", "llama"), (), ())  # type: ignore[arg-type]
    baselines = {"naive": {NAME: "err 30", DATE: "err 40"}}
    return run_select(gathered, baselines, SPLITS, held, Scoring(), RULES, obtained=obtained)


def names(split: str, *numbers: int) -> list[str]:
    """Images of some documents."""
    return [sorted({one.image.name for one in SPLITS[split]})[number] for number in numbers]


def test_refused_images_and_a_prompt_that_cant_be_asked_do_not_end_it() -> None:
    obtained = Obtained(0.05)
    found = select(obtained, *names("select", 7), *names("test", 3))
    assert obtained.prompts == {(NAME.name, BROKEN.text): "the prompt holds a placeholder"}
    assert len(obtained.documents) == 2 and not obtained.over
    assert [one.best.text for one in found.choices.values()] == ["err 3", "err 5"]
    assert [one.text for one in found.choices[NAME].candidates] == ["err 3", "err 30"]
    gone = set(obtained.documents)
    for evaluation in found.evaluations.values():
        assert not gone & set(evaluation.documents) and len(evaluation.documents) >= 59
        assert not gone & {one.sample.document for own in evaluation.scored for one in own}
    assert {trial.score.documents for trial in found.test.values()} <= {59, 60}
    record = record_of(found, Gathered(OWN, ("gpt", "edits", "llama"), (), ()), SETTING, "x")
    assert len(record.fields) == 2 and record.gains[0].change < 0


def test_a_field_without_a_prompt_that_can_be_asked_is_left_out() -> None:
    obtained = Obtained()
    found = select(obtained, own={NAME: (BROKEN,), DATE: OWN[DATE]})
    assert list(found.choices) == [DATE] and list(obtained.prompts) == [(NAME.name, BROKEN.text)]
    with pytest.raises(PromptfitError, match=r"requests got no answer; the first: .*holds a placeholder"):
        select(Obtained(), own={NAME: (BROKEN,)})


def test_too_many_missing_documents_are_told_in_the_end() -> None:
    obtained = Obtained(0.05)
    found = select(obtained, *names("select", *range(30)))
    assert found.choices and obtained.over
    with pytest.raises(PromptfitError, match=r"documents got no answer, more than missing=0.05 allows"):
        obtained.check()
