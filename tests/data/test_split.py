from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from promptfit.data.reader import Dataset
from promptfit.data.split import split
from promptfit.types import Field, PromptfitError, Sample


def dataset(*rows: tuple[str, str, str, str]) -> Dataset:
    """Of (document, doc type, question type, split)."""
    samples = tuple(
        Sample(document, Path("1.png"), f"digest of {document}", "q", "a", Field(doc_type, question), part)
        for document, doc_type, question, part in rows
    )
    return Dataset("scripted", Path(), samples, private=False, digest="0")


def many(passports: int, invoices: int) -> list[tuple[str, str, str, str]]:
    return [
        *((f"p{n}", "passport", question, "clean") for n in range(passports) for question in ("Фамилия", "Имя")),
        *((f"i{n}", "invoice", "Сумма", "clean") for n in range(invoices)),
    ]


def documents(samples: list[Sample], doc_type: str = "") -> set[str]:
    return {sample.document for sample in samples if sample.field.doc_type.startswith(doc_type)}


STAGES = (("search", "holdout"), ("select", "test"))


def test_all_four_parts_are_dealt_at_once_stratified_by_type() -> None:
    whole = dataset(*many(20, 11))
    parts = {name: own for names in STAGES for name, own in split(whole, names).items()}
    assert list(parts) == ["search", "holdout", "select", "test"]
    assert sum(map(len, parts.values())) == len(whole.samples)
    for one in parts:
        assert not any(documents(parts[one]) & documents(parts[other]) for other in parts if other != one)
    assert [len(documents(part, "passport")) for part in parts.values()] == [5, 5, 5, 5]
    assert [len(documents(part, "invoice")) for part in parts.values()] == [3, 3, 3, 2]


def test_the_images_decide_and_not_what_they_are_called() -> None:
    rows = many(12, 8)
    first = split(dataset(*rows))
    named = dataset(*((f"x{document}", doc_type, question, part) for document, doc_type, question, part in rows))
    again = split(
        replace(named, samples=tuple(replace(s, image_digest=s.image_digest.replace(" x", " ")) for s in named.samples))
    )
    assert {f"x{name}" for name in documents(first["search"])} == documents(again["search"])


def test_few_documents_serve_the_search_first() -> None:
    few = dataset(*many(2, 2))
    assert [len(documents(part, "passport")) for part in split(few).values()] == [1, 1]
    with pytest.raises(PromptfitError, match="dealt together"):
        split(few, ("select", "test"))


def test_the_seed_decides_and_the_order_of_rows_does_not() -> None:
    rows = many(20, 10)
    first = split(dataset(*rows))
    again = split(dataset(*reversed(rows)))
    assert {name: documents(part) for name, part in first.items()} == {
        name: documents(part) for name, part in again.items()
    }
    assert split(dataset(*rows), seed=1) != first


def test_a_rare_field_is_spread_over_all_parts() -> None:
    rows = [*many(20, 4), *((f"p{n}", "passport", "Отчество", "clean") for n in range(4))]
    for seed in range(5):
        for names in STAGES:
            for part in split(dataset(*rows), names, seed).values():
                assert sum(sample.field.question_type == "Отчество" for sample in part) == 1


def test_its_own_split_is_used_where_it_has_our_names() -> None:
    rows = [("1", "p", "", "holdout"), ("2", "p", "", "search"), ("3", "p", "", "search"), ("4", "p", "", "other")]
    parts = split(dataset(*rows))
    assert documents(parts["search"]) == {"2", "3"} and documents(parts["holdout"]) == {"1"}


def test_another_stage_does_not_deal_used_documents_anew_unless_told_to() -> None:
    rows = [(f"{n}", "p", "", "search" if n % 2 else "holdout") for n in range(8)]
    with pytest.raises(PromptfitError, match=r"own split gives them to search, holdout.*overlap=true"):
        split(dataset(*rows), ("select", "test"))
    parts = split(dataset(*rows), ("select", "test"), overlap=True)
    assert [len(documents(part)) for part in parts.values()] == [4, 4]


def test_what_its_own_split_calls_test_is_left_alone_by_the_search() -> None:
    """As in many public data sets: train and test."""
    rows = [(f"{n}", "p", "", "train" if n < 9 else "test") for n in range(12)]
    parts = {name: own for names in STAGES for name, own in split(dataset(*rows), names).items()}
    assert documents(parts["test"]) == {"9", "10", "11"}
    assert [len(documents(parts[name])) for name in ("search", "holdout", "select")] == [3, 3, 3]


def test_a_document_in_two_of_its_own_splits_is_an_error() -> None:
    rows = [("1", "p", "a", "search"), ("1", "p", "b", "holdout"), ("2", "p", "a", "holdout")]
    with pytest.raises(PromptfitError, match='data_index "1"'):
        split(dataset(*rows))


def test_a_type_with_a_single_document_is_named() -> None:
    with pytest.raises(PromptfitError, match='"invoice" \\(1 document'):
        split(dataset(*many(4, 1)))


def test_documents_of_a_split_that_nobody_reads_are_left_out_where_every_part_is_named() -> None:
    rows = [(name, "passport", "Имя", name) for name in ("search", "holdout", "select", "test", "serach")]
    parts = {name: own for names in STAGES for name, own in split(dataset(*rows), names).items()}
    assert {name: documents(own) for name, own in parts.items()} == {name: {name} for name in parts}
