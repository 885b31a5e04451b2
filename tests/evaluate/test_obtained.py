"""What got no answer: whose fault it is, what is told, and when a command ends for it."""

from __future__ import annotations

from pathlib import Path

import pytest

from promptfit.evaluate.alike import alike
from promptfit.evaluate.ask import Unanswered, measure
from promptfit.evaluate.blame import blame
from promptfit.evaluate.obtained import Obtained
from promptfit.evaluate.scoring import Scoring
from promptfit.readers.steps import Reader
from promptfit.types import Answer, Field, NoAnswer, Prompt, PromptfitError, Reading, Sample
from withholding import Withholding

NAME, NUMBER = Field("passport", "Имя"), Field("passport", "Номер")
FILTER, LONG, NETWORK = NoAnswer("filtered"), NoAnswer("too long"), NoAnswer("away", passing=True)
DOCUMENTS = ["a", "b", "c"]


def samples(count: int, field: Field = NAME) -> list[Sample]:
    return [Sample(f"d{n}", Path(f"{n}.png"), f"{n:064}", "", "Анна", field, "search") for n in range(count)]


def everywhere(text: str, why: NoAnswer) -> dict[tuple[str, str], NoAnswer]:
    return {(text, name): why for name in DOCUMENTS}


def test_a_document_that_is_refused_for_every_prompt_leaves() -> None:
    missed = {("p", "a"): FILTER, ("q", "a"): FILTER}
    found = blame(missed, ["p", "q"], DOCUMENTS, (), (), room=1)
    assert (found.prompts, found.documents) == ({}, {"a": "filtered"})


@pytest.mark.parametrize("before", [(), DOCUMENTS])
def test_a_prompt_that_can_be_asked_of_nothing_is_dropped(before: list[str]) -> None:
    found = blame(everywhere("q", LONG) | {("p", "a"): FILTER}, ["p", "q"], DOCUMENTS, before, (), room=1)
    assert found.prompts == {"q": "too long"} and found.documents.keys() == {"a"}


def test_lone_prompts_are_judged_by_what_others_were_answered_before_or_elsewhere() -> None:
    for before, others in ((DOCUMENTS, ()), ((), DOCUMENTS)):
        found = blame(everywhere("q", LONG), ["q"], DOCUMENTS, before, others, room=1)
        assert (found.prompts, found.documents) == ({"q": "too long"}, {})
    found = blame(everywhere("q", LONG), ["q"], DOCUMENTS, (), (), room=1)
    assert not found.prompts and found.documents.keys() == set(DOCUMENTS)


def test_a_few_documents_that_one_prompt_alone_is_refused_of_leave_for_all() -> None:
    missed = {("q", "a"): FILTER}
    assert blame(missed, ["p", "q"], DOCUMENTS, (), (), room=1).documents == {"a": "filtered"}
    assert blame(missed, ["p", "q"], DOCUMENTS, (), (), room=0.5).prompts == {"q": "filtered"}


def test_a_network_is_no_prompts_fault() -> None:
    found = blame(everywhere("q", NETWORK), ["p", "q"], DOCUMENTS, DOCUMENTS, (), room=0)
    assert not found.prompts and found.documents.keys() == set(DOCUMENTS)


def test_one_document_without_an_answer_is_left_out_and_named() -> None:
    obtained = Obtained(0.05)
    own = samples(20)
    (trial,) = measure({NAME: Prompt("Имя")}, {NAME: own}, Withholding(images={"0.png"}), Scoring(), obtained=obtained)
    assert (trial.score.documents, trial.score.cer, trial.requests) == (19, 0.0, 19)
    assert obtained.lines() == [
        "1 of 20 documents got no answer and are left out for all prompts: d0, 0.png: the filter struck"
    ]
    obtained.check()


def test_above_the_share_the_command_ends() -> None:
    obtained = Obtained(0.05)
    held = Withholding(images={"0.png", "1.png"})
    (trial,) = measure({NAME: Prompt("Имя")}, {NAME: samples(20)}, held, Scoring(), obtained=obtained)
    assert trial.score.documents == 18
    with pytest.raises(PromptfitError, match=r"2 of 20 documents got no answer, more than missing=0.05 allows; the fi"):
        obtained.check()


def test_a_prompt_that_cant_be_asked_has_no_trial_and_does_not_end_the_others() -> None:
    obtained, own = Obtained(), {NAME: samples(3), NUMBER: samples(3, NUMBER)}
    prompts = {NAME: Prompt("Имя <|image_pad|>"), NUMBER: Prompt("Номер")}
    (trial,) = measure(prompts, own, Withholding(), Scoring(), obtained=obtained)
    assert trial.field == NUMBER and not obtained.over
    assert obtained.lines() == [
        "1 prompt can't be asked and is dropped: passport Имя 'Имя <|image_pad|>': the prompt holds a placeholder"
    ]
    with pytest.raises(Unanswered, match=r"3 of 3 requests got no answer; the first: .*the prompt holds a placeholder"):
        measure({NAME: prompts[NAME]}, own, Withholding(), Scoring(), obtained=Obtained())
    with pytest.raises(Unanswered, match="3 of 6"):
        measure(prompts, own, Withholding(), Scoring())


def test_how_answers_ended_is_told() -> None:
    obtained, own = Obtained(), samples(4)
    answers = [
        Answer("", ended="length"),
        Answer("<think>Анна или", ended="length"),
        Answer("```\nАнна\n```", ended="stop"),
        Answer("Анна", ended="stop"),
    ]
    scoring = Scoring(reader=Reader(["thoughts"]))
    for one in scoring.scored(own, answers):
        obtained.scored(one, scoring.chain)
    assert obtained.lines(64, ["thoughts"]) == [
        "2 of 4 answers were cut at max_new_tokens=64 (model.answerer.max_new_tokens= raises it), 2 of them before a "
        "word of the answer: thoughts use that up, too, and model.answerer.template_options="
        '"{enable_thinking: false}" turns them off where the model has such a switch',
        "2 of 4 answers are empty (unclosed thought: 1): they count as wrong",
        "1 of 4 answers stand in a code fence, bold, quotes or after a head like `Answer:`: CER 2.0000, and 0.0000 "
        "with reader=[thoughts,fence]",
    ]
    assert obtained.figures() == {"answers_cut": 2, "answers_empty": 2, "answers_wrapped": 1}
    assert not answers[0].said and answers[1].said


def test_where_all_is_well_nothing_is_told() -> None:
    obtained = Obtained()
    obtained.read("stop", Reading("Анна"))
    assert obtained.lines(64) == [] and obtained.figures() == {}
    obtained.check()


def test_two_collections_are_compared_on_the_same_samples() -> None:
    one, other = (Scoring().scored(own, [Answer("Анна")] * len(own)) for own in (samples(3), samples(5)[1:]))
    first, second = alike({NAME: one, NUMBER: one}, {NAME: other})
    assert [s.sample.document for s in first[NAME]] == [s.sample.document for s in second[NAME]] == ["d1", "d2"]
    assert first.keys() == second.keys() == {NAME}
