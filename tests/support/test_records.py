"""Records as JSON files: exact bytes, what is refused, and what a person is told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from promptfit.support.files.record_file import RecordFile
from promptfit.types import PromptfitError


@dataclass(frozen=True, slots=True)
class Page:
    """A part of a record."""

    text: str
    box: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Book:
    """A record."""

    name: str
    year: int
    price: float
    pages: Sequence[Page]
    shelves: Mapping[str, Sequence[str]]
    chain: tuple[str, ...] = ("strip",)


BOOK = Book("Азбука «1»", 1999, 0.1, [Page("а"), Page("б", (1.0, 2.5))], {"верх": ["x"]})
FILE = RecordFile(Book, "book", "write it again")


def test_the_bytes_are_plain_json_and_come_back(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "book.json"
    FILE.write(path, BOOK)
    start = (
        '{\n "name": "Азбука «1»",\n "year": 1999,\n "price": 0.1,\n "pages": [\n  {\n   "text": "а",\n   "box": null'
    )
    assert path.read_text("utf-8").startswith(start) and path.read_bytes().endswith(b"}\n")
    assert FILE.read(path) == BOOK
    assert RecordFile(Book, "book", "", indent=2).encoded(BOOK).startswith(b'{\n  "name"')


def test_half_a_character_is_written_as_a_question_mark(tmp_path: Path) -> None:
    FILE.write(tmp_path / "book.json", replace(BOOK, name="a\udc80"))
    assert FILE.read(tmp_path / "book.json").name == "a?"


def test_keys_of_another_version_are_passed_over(tmp_path: Path) -> None:
    (tmp_path / "book.json").write_text('{"name": "a", "year": 1, "price": 2, "pages": [], "shelves": {}, "new": 3}')
    assert FILE.read(tmp_path / "book.json") == Book("a", 1, 2.0, [], {})


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "the whole: Invalid JSON"),
        ("[]", "the whole: Input should be an object"),
        ('{"name": 3}', "name: Input should be a valid string"),
        ('{"name": "a", "year": "1999"}', "year: Input should be a valid integer"),
        ('{"name": "a", "year": 1, "price": true}', "price: Input should be a valid number"),
        ('{"name": "a", "year": 1, "price": 1, "pages": [{}]}', "pages.0.text: Field required"),
    ],
)
def test_what_is_no_record_is_named_with_file_key_and_remedy(tmp_path: Path, text: str, why: str) -> None:
    path = tmp_path / "book.json"
    path.write_text(text)
    with pytest.raises(PromptfitError) as fault:
        FILE.read(path)
    assert str(fault.value).startswith(f"{path}: no record of a book ({why}")
    assert str(fault.value).endswith("; write it again")


def test_a_file_that_is_not_there_or_no_file(tmp_path: Path) -> None:
    with pytest.raises(PromptfitError, match=r"book\.json: not there yet; write it again"):
        FILE.read(tmp_path / "book.json")
    with pytest.raises(PromptfitError, match=r"cannot be read .*; check its rights"):
        FILE.read(tmp_path)


def test_a_figure_that_is_no_number_is_never_written(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        FILE.write(tmp_path / "book.json", replace(BOOK, price=float("nan")))
    assert not list(tmp_path.iterdir())
