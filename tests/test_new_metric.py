"""A new metric is one entry: tables, MLflow, the record, the leaderboard and the report have it then."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from benchmarks.stated import stated
from rich.console import Console
from rich.table import Table

import scripted_studies
from deciding_answerer import NAME, DecidingAnswerer, candidate, samples
from promptfit.commands.leaderboard.show import cells, markdown
from promptfit.commands.shared.tables import trials_table
from promptfit.evaluate.scoring import Scoring
from promptfit.report.material import gather
from promptfit.report.report_page import report_page
from promptfit.score.metrics import METRICS, Metric, objective
from promptfit.score.pairs import Pairs
from promptfit.select import selection_file
from promptfit.select.gather import Gathered
from promptfit.select.leaderboard import Leaderboard
from promptfit.select.recording import record_of
from promptfit.select.selection import Selection, SelectionRules, run_select
from promptfit.select.selection_record import SelectionRecord
from promptfit.tracking import open_run
from tracked import TRACKING, uri

SETTING = {"answerer": "deciding", "dataset": "large", "seed": 0, "chain": "strip", "racing": "on"}
CANDIDATES = Gathered({NAME: (candidate("err 40", "a"), candidate("wordy err 10", "b"))}, ("a", "b"), (), ())


def same_length(pairs: Pairs) -> tuple[np.ndarray, np.ndarray]:
    lengths = np.fromiter(map(len, pairs.answers), np.int64, len(pairs))
    return (lengths == pairs.chars).astype(np.int64), pairs.ones


@pytest.fixture(autouse=True)
def registered(monkeypatch: pytest.MonkeyPatch) -> Metric:
    """The one registration."""
    metric = Metric("same_length", "as long", same_length, higher=True, form=".1%")
    monkeypatch.setitem(METRICS, metric.name, metric)
    return metric


@pytest.fixture
def selection(registered: Metric) -> Selection:
    splits = {split: samples(NAME, 60, split) for split in ("select", "test")}
    rules = SelectionRules(stated("racing/select"), 0.001, 10, 0.5, objective("same_length"))
    return run_select(CANDIDATES, {}, splits, DecidingAnswerer(), Scoring(), rules)


@pytest.fixture
def record(selection: Selection) -> SelectionRecord:
    return record_of(selection, CANDIDATES, SETTING, "d" * 64)


def shown(table: Table) -> str:
    console = Console(width=200, record=True)
    with console.capture() as text:
        console.print(table)
    return text.get()


def test_the_table_has_its_column(selection: Selection) -> None:
    trials = selection.trials(NAME)
    assert "as long" in shown(trials_table(trials, "tried"))
    assert f"{trials[0].score.values['same_length']:.1%}" in shown(trials_table(trials, "tried"))


def test_mlflow_has_it_with_its_interval(selection: Selection, tracked_home: Path) -> None:
    from mlflow import MlflowClient

    with open_run("select", {"tracking": TRACKING}, SETTING) as run:
        run.trial(selection.trials(NAME)[0])
        run.metrics(selection.figures())
    client = MlflowClient(tracking_uri=uri())
    runs = client.search_runs([client.get_experiment_by_name("promptfit/select").experiment_id])
    own, parent = sorted((run.data.metrics for run in runs), key=lambda metrics: "settled" in metrics)
    assert own["same_length_low"] < own["same_length"] < own["same_length_high"]
    assert {"same_length_test", "same_length_macro_select", "same_length_macro_test"} <= parent.keys()


def test_the_record_and_the_leaderboard_have_it(record: SelectionRecord, tmp_path: Path) -> None:
    selection_file.write(tmp_path / "selection.json", record)
    assert selection_file.read(tmp_path / "selection.json").test == record.test
    found = Leaderboard((record,))
    columns, rows = cells(found)
    value = record.test[0].values["same_length"]
    assert rows[0][columns.index("same_length")] == f"{value:.4f}" and "as long" in markdown(found)


def test_the_report_has_it(record: SelectionRecord, tmp_path: Path) -> None:
    scripted_studies.write_all(tmp_path)
    material = gather(tmp_path, scripted_studies.NAME)
    html = report_page(replace(material, selection=record, leaderboard=Leaderboard((record,))), "en", "")
    assert "<th>as long</th>" in html and "compared by as long, not by CER" in html


def test_a_selection_can_be_by_it(selection: Selection, record: SelectionRecord) -> None:
    assert record.objective == "same_length" and selection.choices[NAME].why == "highest as long"
    assert selection.choices[NAME].best.text == "err 40", "the wordy one is hardly ever as long as the truth"
