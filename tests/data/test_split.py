from __future__ import annotations

from pathlib import Path

import pytest

from promptfit.data.reader import Dataset
from promptfit.data.split import split
from promptfit.types import Field, PromptfitError, Sample


def dataset(*rows: tuple[str, str, str, str]) -> Dataset:
    """Of (document, doc type, question type, split)."""
    samples = tuple(
        Sample(document, Path("1.png"), "0", "q", "a", Field(doc_type, question), part)
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


def test_halves_by_document_stratified_by_type() -> None:
    whole = dataset(*many(20, 11))
    parts = split(whole)
    assert list(parts) == ["search", "holdout"]
    assert not documents(parts["search"]) & documents(parts["holdout"])
    assert sum(map(len, parts.values())) == len(whole.samples)
    assert [len(documents(part, "passport")) for part in parts.values()] == [10, 10]
    assert [len(documents(part, "invoice")) for part in parts.values()] == [6, 5]


def test_the_seed_decides_and_the_order_of_rows_does_not() -> None:
    rows = many(20, 10)
    first = split(dataset(*rows))
    again = split(dataset(*reversed(rows)))
    assert {name: documents(part) for name, part in first.items()} == {
        name: documents(part) for name, part in again.items()
    }
    assert split(dataset(*rows), seed=1) != first


def test_a_rare_field_is_spread_over_both_parts() -> None:
    rows = [*many(20, 2), *((f"p{n}", "passport", "Отчество", "clean") for n in range(4))]
    for seed in range(5):
        for part in split(dataset(*rows), seed=seed).values():
            assert sum(sample.field.question_type == "Отчество" for sample in part) == 2


def test_its_own_split_is_used_where_it_has_our_names() -> None:
    rows = [("1", "p", "", "holdout"), ("2", "p", "", "search"), ("3", "p", "", "search"), ("4", "p", "", "other")]
    parts = split(dataset(*rows))
    assert documents(parts["search"]) == {"2", "3"} and documents(parts["holdout"]) == {"1"}
    assert sum(map(len, split(dataset(*rows), names=("select", "test")).values())) == 4


def test_a_document_in_two_of_its_own_splits_is_an_error() -> None:
    rows = [("1", "p", "a", "search"), ("1", "p", "b", "holdout"), ("2", "p", "a", "holdout")]
    with pytest.raises(PromptfitError, match='data_index "1"'):
        split(dataset(*rows))


def test_a_type_with_a_single_document_is_named() -> None:
    with pytest.raises(PromptfitError, match='"invoice" \\(1 document'):
        split(dataset(*many(4, 1)))
