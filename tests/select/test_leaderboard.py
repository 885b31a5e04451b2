"""Who stands above whom, and when the figures can't be compared."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from promptfit.select import selection_file
from promptfit.select.leaderboard import rank
from promptfit.select.selection_record import Figures, SelectionRecord, TypeRecord
from promptfit.types import PromptfitError

OTHERS = {"exact": 0.9, "wer": 0.1, "anls": 0.95}


def record(answerer: str, cer: float | None, digest: str = "d1") -> SelectionRecord:
    test = [] if cer is None else [Figures({**OTHERS, "cer": cer}, cer / 2, cer * 2, "gamma")]
    types = [TypeRecord("passport", 1, one) for one in test]
    metrics = {} if cer is None else {"cer_macro_test": cer}
    return SelectionRecord(
        metrics, {"passport Имя": 0.1}, {}, answerer, "large", digest, 0, ["strip"], ["a"], True, test, types
    )


def keep(folder: Path, *records: SelectionRecord) -> None:
    for one in records:
        selection_file.write(folder / one.answerer / "selection.json", one)


def test_the_lowest_macro_cer_comes_first_and_what_was_not_tested_last(tmp_path: Path) -> None:
    keep(tmp_path, record("a", 0.3), record("b", None), record("c", 0.1))
    found = rank(tmp_path)
    assert [one.answerer for one in found.records] == ["c", "a", "b"] and found.types == ("passport",)
    assert found.records[0] == record("c", 0.1), "what is read is what was written"
    assert found.warnings() == ["b: no field has a sample in the split `test`, so there is no rank"]
    assert [one.answerer for one in rank(tmp_path, ["a"]).records] == ["a"]


def test_other_data_fields_and_normalisation_are_warned_about(tmp_path: Path) -> None:
    odd = replace(record("z", 0.4), chain=["lower"], cer_test={"x": 0.1})
    keep(tmp_path, record("a", 0.1), record("b", 0.2, "d2"), odd)
    said = " ".join(rank(tmp_path).warnings())
    assert "b selected on other data" in said and "z has other fields" in said and "z with another normal" in said


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"test": 1}', "\xff"])
def test_a_file_that_is_no_record_is_named(tmp_path: Path, content: str) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a/selection.json").write_bytes(content.encode("latin-1"))
    with pytest.raises(PromptfitError, match=r"a/selection\.json: no record of a selection .* promptfit select"):
        rank(tmp_path)


def test_what_is_not_there_comes_with_the_command_that_makes_it(tmp_path: Path) -> None:
    with pytest.raises(PromptfitError, match="make one: promptfit select"):
        rank(tmp_path)
    keep(tmp_path, record("a", 0.1))
    with pytest.raises(PromptfitError, match="promptfit select model=other"):
        rank(tmp_path, ["other"])
