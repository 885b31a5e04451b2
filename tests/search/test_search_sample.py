"""A search asks as many documents as its budget can use, and more once nothing is left to mend on those."""

from __future__ import annotations

import pytest
from benchmarks.stated import search_rules

from present import present
from promptfit.data.grouping import by_field
from promptfit.evaluate.scoring import Scoring
from promptfit.search.budget import Budget
from promptfit.search.objective import Objective
from promptfit.search.search_race import Document
from promptfit.search.search_sample import SearchSample
from promptfit.types import Field, Prompt, PromptfitError
from scripted_answerer import FIELDS, FollowingAnswerer, ListRecorder, samples

NAME = Field("паспорт", "Имя")
GOOD = Prompt("Прочитай поле «Имя». Ответь только значением. Первая буква заглавная, остальные строчные")


def documents(count: int, size: int = 1) -> list[Document]:
    own = by_field(samples(count))[NAME]
    return [Document(str(place), (one,) * size) for place, one in enumerate(own)]


@pytest.mark.parametrize(
    ("there", "size", "share", "asked"),
    [
        (10, 1, 400, 10),
        (20, 1, 400, 20),
        (140, 1, 400, 20),
        (140, 1, 1400, 70),
        (140, 1, 9000, 140),
        (140, 3, 1400, 23),
    ],
)
def test_the_budget_pays_for_twenty_full_runs_or_the_sample_is_the_least(
    there: int, size: int, share: int, asked: int
) -> None:
    sample = SearchSample(NAME, documents(there, size), share, runs=20, least=20)
    assert (len(sample.documents), sample.of) == (asked, there)


def test_a_budget_with_which_nothing_could_finish_is_refused_with_the_remedy() -> None:
    with pytest.raises(PromptfitError, match=r"паспорт Имя.*20 documents.*budget.per_field=20"):
        SearchSample(NAME, documents(50), 19, runs=20, least=20)


def test_more_documents_follow_while_nothing_is_left_to_mend_and_the_budget_pays() -> None:
    own = by_field(samples(300))
    answerer = FollowingAnswerer()
    tried = Objective(answerer, own, Scoring(), Budget(600 * len(FIELDS), own), ListRecorder(), search_rules())
    assert tried.documents(NAME) == (30, 300)
    tried.evaluate({NAME: [Prompt("Напиши Имя")]})
    tried.grow()
    assert tried.documents(NAME) == (30, 300), "there is much to mend on those"
    tried.evaluate({NAME: [GOOD]})
    assert present(tried.leader(NAME)).score.cer <= 0.01
    tried.grow()
    asked, _ = tried.documents(NAME)
    assert asked in (60, 120) and present(tried.leader(NAME)).score.documents == asked
    assert tried.left(NAME) >= 0 and (present(tried.leader(NAME)).score.cer > 0.01 or tried.left(NAME) < 3 * 2 * asked)
