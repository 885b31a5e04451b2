"""Which documents a study looks at."""

from __future__ import annotations

from promptfit.study.few_documents import few
from scored import samples

ASKED = samples(20, captures=3)


def documents(seed: int, count: int | None) -> set[str]:
    return {one.document for one in few(ASKED, count, None, seed)}


def test_so_many_documents_of_each_type_with_all_their_captures() -> None:
    chosen = few(ASKED, 4, None, seed=0)
    assert len({one.document for one in chosen if one.field.doc_type == "passport"}) == 4
    assert len({one.document for one in chosen}) == 8 and len(chosen) == 3 * 4 * 3
    assert chosen == [one for one in ASKED if one in chosen], "in the data set's order"


def test_a_larger_study_holds_a_smaller_one_and_the_seed_decides() -> None:
    assert documents(0, 4) < documents(0, 10) < documents(0, None)
    assert documents(0, 4) != documents(1, 4)
    assert documents(0, 99) == documents(0, None)


def test_so_many_captures_of_each_document() -> None:
    chosen = few(ASKED, None, 2, seed=0)
    assert {one.image.stem[-1] for one in chosen} == {"0", "1"} and len(chosen) == 3 * 20 * 2
