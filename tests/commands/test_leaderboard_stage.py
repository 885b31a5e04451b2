"""`promptfit leaderboard` through the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from promptfit.cli import main
from promptfit.select import selection_file
from promptfit.select.selection_record import Figures, SelectionRecord, TypeRecord
from promptfit.support.files.table import read_table
from tracked import uri

OTHERS = {"exact": 0.9, "wer": 0.1, "anls": 0.95}


def keep(home: Path, answerer: str, cer: float, digest: str = "d" * 64) -> None:
    test = [Figures({**OTHERS, "cer": cer}, cer / 2, cer * 2, "gamma")]
    kept = SelectionRecord(
        {},
        {"СНИЛС": cer},
        {},
        answerer,
        "large",
        digest,
        0,
        ["strip"],
        ["a"],
        True,
        test,
        [TypeRecord("СНИЛС", 1, *test)],
    )
    selection_file.write(home / "selection" / answerer / "selection.json", kept)


def test_answerers_are_ranked_kept_and_logged(tracked_home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from mlflow import MlflowClient

    keep(tracked_home, "weak|er", 0.25)
    keep(tracked_home, "=best", 0.125)
    assert main(["leaderboard"]) == 0
    said = capsys.readouterr().out
    assert said.index("=best") < said.index("weak|er") and "0.1250 (0.0625-0.2500)" in said and "careful" not in said
    lines = (tracked_home / "selection/leaderboard.md").read_text("utf-8").splitlines()
    told = "| 1 | =best | 0.1250 (0.0625-0.2500) | 90.0% | - | 0.9500 | 0.1000 |"
    assert lines[4].startswith(told), "a record that was kept before there was a metric (value) has a dash"
    assert lines[5].startswith(r"| 2 | weak\|er |")
    rows = read_table(tracked_home / "selection/leaderboard.csv", [["rank", "answerer", "macro_cer"]]).rows
    assert [row.cells["answerer"] for row in rows] == ["'=best", "weak|er"], "a spreadsheet must not run it"
    assert rows[0].cells["cer СНИЛС"] == "0.1250"
    client = MlflowClient(tracking_uri=uri(), registry_uri=uri())
    (run,) = client.search_runs([client.get_experiment_by_name("promptfit/leaderboard").experiment_id])
    assert run.data.params["best"] == "=best" and run.data.metrics["cer_macro/-3d-best"] == 0.125
    keep(tracked_home, "weak|er", 0.25, "e" * 64)
    assert main(["leaderboard"]) == 0
    assert "careful: weak|er selected on other data" in capsys.readouterr().out


def test_without_a_selection_the_command_that_makes_one_is_said(
    tracked_home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["leaderboard"]) == 1
    assert "make one: promptfit select" in capsys.readouterr().err
