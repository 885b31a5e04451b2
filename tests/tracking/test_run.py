"""Runs as MLflow has them afterwards: parents, trials, take-over, the registry."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from promptfit.support.system_text import joined
from promptfit.tracking import open_run
from promptfit.tracking.slug import alias
from promptfit.types import (
    Answer,
    Field,
    Prompt,
    PromptfitError,
    Reading,
)
from tracked import TRACKING, uri
from tracked_runs import CONFIG, DATA, FIELD, PARAMS, client, runs, trial


def test_a_search_is_a_parent_run_with_trials_one_level_below(tracked_home: Path) -> None:
    with open_run("search", CONFIG, PARAMS, DATA, name="docvlm-tiny edits") as run:
        run.trial(trial("Напиши Фамилия"))
        run.trial(trial("Напиши Фамилия\n«только» {x}, 100%" + "ы" * 600, parent="Напиши Фамилия", iteration=1))
        run.metrics({"cer": 0.5}, step=3)
        run.table("winners", ["field", "cer"], [[FIELD.name, 0.5]])
        run.table("winners", ["field", "cer"], [[FIELD.name, 0.25]])
    (parent,) = runs()
    first, second = runs(parent.info.run_id)
    assert [parent.info.status, first.info.status, second.info.status] == ["FINISHED"] * 3
    assert first.data.params.items() >= {"field": FIELD.name, "answerer": "docvlm-tiny", "iteration": "0"}.items()
    assert first.data.params["data_digest"] == "d" * 64
    assert second.data.params["parent_trial"] == first.info.run_id
    assert len(second.data.params["prompt"]) == 500
    assert first.data.metrics["cer"] == pytest.approx(1 / 9)
    assert first.data.metrics["tokens_out"] == 9
    assert [used.dataset.name for used in first.inputs.dataset_inputs] == ["mini"]
    assert parent.data.metrics["cer"] == 0.5


def test_a_trial_that_has_seen_more_is_written_anew_and_stays_one_run(tracked_home: Path) -> None:
    import mlflow

    rough = trial("Напиши Фамилия")
    score = replace(rough.score, values={"cer": 0.25}, samples=3)
    whole = replace(rough, score=score, scored=rough.scored * 3, requests=3)
    with pytest.raises(KeyboardInterrupt), open_run("search", CONFIG, PARAMS, DATA) as run:
        run.trial(rough)
        run.trial(trial("Укажи", parent="Напиши Фамилия"))
        run.trial(whole)
        raise KeyboardInterrupt
    with open_run("search", CONFIG, PARAMS, DATA) as run:  # started again, it tells the same
        run.trial(rough)
        run.trial(whole)
    first, second = runs(runs()[0].info.run_id)
    assert (first.data.metrics["samples"], first.data.metrics["cer"], first.data.metrics["requests"]) == (3, 0.25, 3)
    assert second.data.params["parent_trial"] == first.info.run_id
    mlflow.set_tracking_uri(uri())
    mlflow.set_experiment("promptfit/search")
    assert len(mlflow.load_table("predictions.json", run_ids=[first.info.run_id])) == 3


def test_prompt_and_predictions_are_kept_as_mlflow_reads_them(tracked_home: Path, tmp_path: Path) -> None:
    import mlflow

    with open_run("search", CONFIG, PARAMS, DATA) as run:
        run.trial(trial("Напиши Фамилия"))
    (child,) = runs(runs()[0].info.run_id)
    kept = client().download_artifacts(child.info.run_id, "prompt.txt", str(tmp_path))
    assert Path(kept).read_text("utf-8") == "Напиши Фамилия"
    mlflow.set_tracking_uri(uri())
    mlflow.set_experiment("promptfit/search")
    table = mlflow.load_table("predictions.json", run_ids=[child.info.run_id])
    assert table.to_dict("records") == [
        {"image": "p1.png", "document": "p1", "expected": "Карбаинов", "answer": "Карбаинок", "edits": 1, "raw": ""}
    ]
    assert json.loads(child.data.tags["mlflow.loggedArtifacts"]) == [{"path": "predictions.json", "type": "table"}]


def test_the_measurement_of_a_winner_is_a_run_of_its_own(tracked_home: Path) -> None:
    import mlflow

    found, other = trial("Напиши Фамилия"), trial("Напиши Фамилия").scored[0]
    held = replace(
        other,
        sample=replace(other.sample, document="h1", split="holdout"),
        answer=Answer("Карбаинов"),
        reading=Reading("Карбаинов"),
    )
    measured = replace(found, scored=(held,), score=replace(found.score, values={**found.score.values, "cer": 0.0}))
    for again in (False, True):
        with suppress(KeyboardInterrupt), open_run("search", CONFIG, PARAMS, DATA) as run:
            run.trial(found)
            run.trial(measured, "holdout")
            if not again:
                raise KeyboardInterrupt
    first, second = runs(runs()[0].info.run_id)
    assert "split" not in first.data.params and second.data.params["split"] == "holdout"
    assert second.data.params["parent_trial"] == first.info.run_id and "holdout" in second.info.run_name
    assert (first.data.metrics["cer"], second.data.metrics["cer"]) == (pytest.approx(1 / 9), 0.0)
    assert second.inputs.dataset_inputs[0].tags[0].value == "holdout"
    mlflow.set_tracking_uri(uri())
    mlflow.set_experiment("promptfit/search")
    table = mlflow.load_table("predictions.json", run_ids=[second.info.run_id])
    assert table[["document", "answer"]].to_dict("records") == [{"document": "h1", "answer": "Карбаинов"}]


def test_conditions_of_a_study_are_children_told_once(tracked_home: Path, tmp_path: Path) -> None:
    scored = trial("a").scored
    for more in (False, True):
        with suppress(KeyboardInterrupt), open_run("search", CONFIG, PARAMS, DATA) as run:
            run.condition("clean", 0, {"cer": 0.5}, {FIELD: 0.5}, scored)
            run.condition("defocus", 3, {"cer": 0.75, "change": 0.25}, {FIELD: 0.75}, scored)
            if not more:
                raise KeyboardInterrupt
            run.condition("defocus", 5, {"cer": 1.0, "change": 0.5}, {FIELD: 1.0}, scored)
    (parent,) = runs()
    found = {run.info.run_name: run for run in runs(parent.info.run_id)}
    assert list(found) == ["clean 0", "defocus 3", "defocus 5"]
    middle = found["defocus 3"]
    assert middle.data.params.items() >= {"augmentation": "defocus", "severity": "3", "seed": "0"}.items()
    assert middle.data.metrics == {"cer": 0.75, "change": 0.25, "cer/passport._Familija": 0.75}
    kept = client().download_artifacts(middle.info.run_id, "predictions.json", str(tmp_path))
    assert json.loads(Path(kept).read_text("utf-8"))["data"] == [
        [FIELD.name, "p1.png", "p1", "Карбаинов", "Карбаинок", 1, ""]
    ]


def test_a_finished_run_gets_a_new_parent_and_paths_do_not_matter(tracked_home: Path) -> None:
    with open_run("search", CONFIG, PARAMS, DATA):
        pass
    moved = {**CONFIG, "dataset": {"name": "mini", "path": "/elsewhere"}, "show": True}
    with open_run("search", moved, PARAMS, DATA):
        pass
    first, second = runs()
    assert first.data.tags["promptfit.id"] == second.data.tags["promptfit.id"]


def test_ctrl_c_loses_nothing_and_the_run_is_taken_over(tracked_home: Path) -> None:
    with pytest.raises(KeyboardInterrupt), open_run("search", CONFIG, PARAMS, DATA) as run:
        for i in range(5):
            run.trial(trial(f"prompt {i}"))
        raise KeyboardInterrupt
    (parent,) = runs()
    assert parent.info.status == "KILLED"
    assert len(runs(parent.info.run_id)) == 5
    with open_run("search", CONFIG, PARAMS, DATA) as run:
        for i in range(7):
            run.trial(trial(f"prompt {i}"))
    assert [one.info.run_id for one in runs()] == [parent.info.run_id]
    assert len(runs(parent.info.run_id)) == 7


KILLED = """
import sys, time
sys.path[:0] = {paths!r}
from tracked_runs import *
from promptfit.tracking import open_run
with open_run("search", CONFIG, PARAMS, DATA) as run:
    for i in range(3):
        run.trial(trial(f"prompt {{i}}"))
    run.drain()
    run._writer._child("half written", "0" * 32)
    print("ready", flush=True)
    time.sleep(600)
"""


@pytest.mark.slow
def test_a_killed_process_leaves_no_orphan_and_no_double(tracked_home: Path) -> None:
    script = KILLED.format(paths=[str(Path(__file__).parent), *sys.path])
    child = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, env=os.environ.copy())
    assert child.stdout is not None
    assert child.stdout.readline() == b"ready\n"
    with open_run("search", CONFIG, PARAMS, DATA):
        pass
    assert len(runs()) == 2, "the run of a living process is left alone"
    child.send_signal(signal.SIGKILL)
    child.wait()
    with open_run("search", CONFIG, PARAMS, DATA) as run:
        for i in range(4):
            run.trial(trial(f"prompt {i}"))
    assert [one.info.status for one in runs()] == ["FINISHED", "FINISHED"]
    assert sorted(len(runs(one.info.run_id)) for one in runs()) == [0, 4]


def test_a_run_that_is_taken_over_has_every_figure_and_version_once(tracked_home: Path) -> None:
    name, label = "docvlm-tiny.passport._Familija", "edits"
    for again in (False, True):
        with suppress(KeyboardInterrupt), open_run("search", CONFIG, PARAMS, DATA) as run:
            run.metrics({"cer": 0.5, "requests": 8}, step=2)
            run.winner(FIELD, Prompt("Укажи"), trial("Укажи").score)
            run.drain()
            if not again:  # as if it had been killed between the version and its alias
                client().delete_prompt_alias(name, label)
                raise KeyboardInterrupt
    (parent,) = runs()
    assert [(one.step, one.value) for one in client().get_metric_history(parent.info.run_id, "cer")] == [(2, 0.5)]
    assert len(parent.inputs.dataset_inputs) == 1
    assert [one.version for one in client().search_prompt_versions(name)] == [1]
    assert client().get_prompt_version_by_alias(name, label).version == 1


@pytest.mark.slow
def test_half_of_a_database_is_made_anew(home: Path) -> None:
    (home / "mlruns/.mlflow.db.killed.new").mkdir(parents=True)
    for tail in ("", "-journal"):
        half = home / f"mlruns/.mlflow.db.killed.new/mlflow.db{tail}"
        half.write_bytes(b"SQLite format 3\0 and no more")
    _open_and_close(0)
    assert len(runs()) == 1
    assert sorted(path.name for path in (home / "mlruns").iterdir()) == [".lock", "artifacts", "mlflow.db"]


def test_a_winner_with_a_system_text_is_registered_as_a_chat_once(tracked_home: Path) -> None:
    record, text = Field("passport", "*"), joined("Ты — эксперт.", "Верни JSON")
    for _ in range(2):
        with open_run("search", CONFIG, PARAMS, DATA) as run:
            run.winner(record, Prompt(text), trial(text).score)
    (kept,) = client().search_prompt_versions("docvlm-tiny.passport.-2a-")
    assert kept.template == [
        {"role": "system", "content": "Ты — эксперт."},
        {"role": "user", "content": "Верни JSON"},
    ]


def test_winners_are_registered_once_with_the_label_as_alias(tracked_home: Path) -> None:
    for text in ("Напиши {{фамилию}}", "Напиши {{фамилию}}", "Укажи"):
        with open_run("search", CONFIG, {**PARAMS, "label": "GPT4o+gepa"}, DATA) as run:
            run.winner(FIELD, Prompt(text), trial(text).score)
    kept = client().get_prompt_version_by_alias("docvlm-tiny.passport._Familija", "_GPT4o-2b-gepa")
    assert (kept.version, kept.template) == (2, "Укажи")
    assert kept.tags["field"] == FIELD.name


def test_a_failure_inside_is_passed_on_and_marks_the_run(tracked_home: Path) -> None:
    with pytest.raises(PromptfitError, match="no answer"), open_run("search", CONFIG, PARAMS, DATA):
        raise PromptfitError("no answer")
    assert runs()[0].info.status == "FAILED"


def test_an_mlflow_that_is_none_is_refused(tracked_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "nonsense://x")
    nonsense = pytest.raises(PromptfitError, match="MLFLOW_TRACKING_URI")
    with nonsense, open_run("search", CONFIG, PARAMS, DATA):
        pass


@pytest.mark.parametrize(
    "label", ["v2", "latest", "V12", "Latest", "мой", "моё имя", "GPT4o+gepa", "x" * 110, "№" * 36]
)
def test_any_label_is_an_alias(tracked_home: Path, label: str) -> None:
    with open_run("search", CONFIG, {**PARAMS, "label": label}, DATA) as run:
        run.winner(FIELD, Prompt("Укажи"), trial("Укажи").score)
    kept = client().get_prompt_version_by_alias("docvlm-tiny.passport._Familija", alias(label))
    assert (kept.version, kept.tags["label"]) == (1, label)


def _open_and_close(number: int) -> None:
    with open_run("search", {"job": number, "tracking": TRACKING}, PARAMS, DATA) as run:
        run.trial(trial("Напиши"))


@pytest.mark.slow
def test_jobs_that_start_at_once_on_a_new_store(home: Path) -> None:
    started = time.monotonic()
    jobs = [multiprocessing.get_context("spawn").Process(target=_open_and_close, args=(i,)) for i in range(4)]
    for job in jobs:
        job.start()
    for job in jobs:
        job.join(120 - (time.monotonic() - started))
    assert [job.exitcode for job in jobs] == [0] * 4
    assert len(runs()) == 4
