"""The record of a search: what is written is read, and what is foreign is named."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest

from promptfit.data import search_record
from promptfit.data.search_record import FieldRecord, SearchRecord
from promptfit.types import PromptfitError

FIELD = FieldRecord("Напиши «СНИЛС» {q}\n😀", 0.25, 0.125, 380, 12, 5000, 900, 0.0125, 31.5, 40)
RECORD = SearchRecord(
    "reader", "GPT4o+gepa", "GPT4o", "gepa", "mini", "ab12", 3, ("strip", "lower"), {"СНИЛС": FIELD}, {"empty": 2}, 1,
    {"search": ("a1", "b2")},
)  # fmt: skip


def test_it_comes_back_as_it_was(tmp_path: Path) -> None:
    path = search_record.beside(tmp_path / "reader_sep_GPT-4.1.csv")
    assert path.name == "reader_sep_GPT-4.1.json"
    record = replace(RECORD, fields={**RECORD.fields, "без holdout": replace(FIELD, cer_holdout=None)})
    search_record.write(path, record)
    assert search_record.read(path) == replace(record, documents={"search": ["a1", "b2"]})
    assert list(tmp_path.iterdir()) == [path]


def test_half_a_character_that_a_generator_sent_does_not_stop_the_writing(tmp_path: Path) -> None:
    search_record.write(tmp_path / "x.json", replace(RECORD, fields={"СНИЛС": replace(FIELD, prompt="a\udc80")}))
    assert search_record.read(tmp_path / "x.json").fields["СНИЛС"].prompt.startswith("a")


def test_a_search_of_some_fields_keeps_the_others_of_its_setting() -> None:
    older = replace(RECORD, fields={"паспорт Имя": FIELD, "СНИЛС": FIELD}, leaked=7)
    documents = {"search": ("b2", "c3"), "holdout": ("d4",)}
    newer = replace(RECORD, fields={"СНИЛС": replace(FIELD, prompt="новое")}, documents=documents)
    both = newer.over(older)
    assert list(both.fields) == ["паспорт Имя", "СНИЛС"]
    assert both.fields["СНИЛС"].prompt == "новое"
    assert both.leaked == 1
    assert both.documents == {"search": ["a1", "b2", "c3"], "holdout": ["d4"]}, "seen by either"
    assert newer.over(replace(older, seed=4)) == newer


def broken(**changes: Any) -> str:
    return json.dumps({**asdict(RECORD), **changes})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "the whole: Invalid JSON"),
        ('{"answerer": ', "the whole: Invalid JSON"),
        ("[" * 100_000, "the whole: Invalid JSON"),
        ("[1]", "the whole: Input should be an object"),
        ("{}", "answerer: Field required"),
        (broken(seed="0"), "seed: Input should be a valid integer"),
        (broken(seed=True), "seed: Input should be a valid integer"),
        (broken(chain="strip"), "chain: Input should be a valid array"),
        (broken(fields=[]), "fields: Input should be an object"),
        (broken(fields={"СНИЛС": 3}), "fields.СНИЛС: Input should be an object"),
        (broken(fields={"СНИЛС": {}}), "fields.СНИЛС.prompt: Field required"),
        (
            broken(fields={"СНИЛС": {**asdict(FIELD), "cost": None}}),
            "fields.СНИЛС.cost: Input should be a valid number",
        ),
        (
            broken(fields={"СНИЛС": {**asdict(FIELD), "cer_search": -1}}),
            "fields.СНИЛС: Value error, cer_search is -1.0",
        ),
        (broken(fields={"СНИЛС": {**asdict(FIELD), "cost": float("nan")}}), "cost is nan"),
        (broken(replies={"empty": "2"}), "replies.empty: Input should be a valid integer"),
        (broken(documents={"search": "a1"}), "documents.search: Input should be a valid array"),
    ],
)
def test_what_is_no_record_is_named_with_file_key_and_remedy(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "reader_sep_x.json"
    path.write_text(text, "utf-8")
    with pytest.raises(PromptfitError) as fault:
        search_record.read(path)
    for part in (str(path), said, "run that search again"):
        assert part in str(fault.value)


def test_a_file_that_is_no_text_or_not_there(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    with pytest.raises(PromptfitError, match="not there yet; run that search again"):
        search_record.read(path)
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(PromptfitError, match="no record of a search"):
        search_record.read(path)
