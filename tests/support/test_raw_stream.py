"""A table that is written row by row is the same file as one that is written at once."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from promptfit.support.files.raw_stream import RawStream
from promptfit.support.files.writing import write_raw_table

COLUMNS = ("a", "б")
ROWS = [("1", 'x "y"; z'), ("=1+2", ""), ("\r", "строка\nвторая"), ("+", "@x")]


def test_it_is_the_same_file_with_the_same_word(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    write_raw_table(tmp_path / "one.csv", COLUMNS, ROWS)
    with RawStream(tmp_path / "other.csv", COLUMNS) as stream:
        for row in ROWS:
            stream.add(row)
    assert (tmp_path / "one.csv").read_bytes() == (tmp_path / "other.csv").read_bytes()
    said = list(caplog.messages)
    caplog.clear()
    with caplog.at_level(logging.WARNING):
        stream.say_formulas(tmp_path / "one.csv")
    assert caplog.messages == said != []


def test_a_row_that_is_no_text_leaves_nothing(tmp_path: Path) -> None:
    with RawStream(tmp_path / "t.csv", COLUMNS) as stream:
        with pytest.raises(UnicodeEncodeError):
            stream.add(("1", "\ud83d"))
        stream.add(("2", "x"))
    assert (tmp_path / "t.csv").read_text("utf-8-sig") == "a;б\n2;x\n"
