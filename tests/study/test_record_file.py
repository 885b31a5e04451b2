"""The studies' files: bytes that stay the same, and files that are no record."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from promptfit.study.records import study_file
from promptfit.study.records.stress_json import StressRecord
from promptfit.study.records.study_source import Cell, Source
from promptfit.types import PromptfitError

SOURCE = Source("tiny", "diverse", "d" * 64, "best.csv", "c" * 64, 0, ["strip"], "commit", "run", 10, 5)
RECORD = StressRecord(
    {"cer_clean": 0.1}, SOURCE, None, 0.5, Cell(0.1, None, None, "none", 0.5, 10, 1), {}, {}, [], [], []
)


def test_what_is_written_is_read(tmp_path: Path) -> None:
    study_file.write(tmp_path / "a.json", RECORD)
    assert study_file.read(tmp_path / "a.json", StressRecord) == RECORD


def test_the_same_study_again_leaves_the_file_and_the_run_that_it_names(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    study_file.write(path, RECORD)
    again = replace(RECORD, source=replace(SOURCE, chain=("strip",), run_id="other", commit="later"))
    study_file.write(path, again)
    assert study_file.read(path, StressRecord) == RECORD
    found = replace(again, metrics={"cer_clean": 0.2})
    study_file.write(path, found)
    assert study_file.read(path, StressRecord).source.run_id == "other", "another outcome names its own run"


@pytest.mark.parametrize("content", [b"", b"{}", b"[1", b'{"metrics": 3}', b"\xff\xfe"])
def test_what_is_no_record_is_named_and_written_anew(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(content)
    with pytest.raises(PromptfitError, match=r"a\.json: no record of a stress .*run promptfit stress"):
        study_file.read(path, StressRecord)
    study_file.write(path, RECORD)
    assert study_file.read(path, StressRecord) == RECORD


def test_a_missing_record_names_its_command(tmp_path: Path) -> None:
    with pytest.raises(PromptfitError, match="not there yet; run promptfit stress"):
        study_file.read(tmp_path / "a.json", StressRecord)
