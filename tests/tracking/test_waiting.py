"""An MLflow that is lost in the middle: the work goes on, and is recorded when it is back, or by the next command."""

from __future__ import annotations

import json
import logging
import os
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from mlflow.exceptions import MlflowException
from mlflow.protos.databricks_pb2 import INVALID_PARAMETER_VALUE

import reading
from promptfit.cli import main
from promptfit.tracking import aside, late_run, mlflow_run, open_run, outbox
from promptfit.tracking.run_writer import RunWriter
from promptfit.types import Prompt, PromptfitError
from tracked_runs import CONFIG, DATA, FIELD, PARAMS, client, runs, trial

FAULTS = [OSError(28, "No space left on device"), MlflowException("(sqlite3.OperationalError) database is locked")]


class Away:
    """Stands between a run and MLflow: as long as it holds a fault, every record meets it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.fault: Exception | None = None
        self.at = ""
        write = RunWriter.write

        def meet(writer: RunWriter, record: Any) -> None:
            if self.fault and self.at in ("", record["kind"]):
                raise self.fault
            write(writer, record)

        monkeypatch.setattr(RunWriter, "write", meet)
        monkeypatch.setattr(outbox, "PAUSE", 0.01)


@pytest.fixture
def away(monkeypatch: pytest.MonkeyPatch) -> Away:
    return Away(monkeypatch)


def spool(home: Path) -> list[Path]:
    return sorted((home / ".promptfit" / "mlflow").glob("*/run.json"))


def work(home: Path, away: Away, fault: Exception | None, seed: int = 0) -> None:
    """A run that MLflow is lost in after its first trial."""
    with open_run("search", {**CONFIG, "seed": seed}, PARAMS, DATA, "docvlm-tiny edits") as run:
        run.trial(trial("a"))
        run.drain()
        away.fault = fault
        run.trial(trial("b", parent="a"))
        run.metrics({"cer": 0.5}, step=1)
        run.table("fields", ["field"], [[FIELD.name]])
        (home / "prompts.csv").write_text("первый", "utf-8")
        run.artifact(home / "prompts.csv")
        run.winner(FIELD, Prompt("b"), trial("b").score)


def whole(home: Path) -> None:
    """What MLflow has of it in the end."""
    parent = next(one for one in runs() if one.data.metrics.get("cer") == 0.5)
    assert parent.info.status == "FINISHED"
    own = {one.data.params["prompt"]: one for one in runs(parent.info.run_id)}
    assert {name: one.info.status for name, one in own.items()} == {"a": "FINISHED", "b": "FINISHED"}
    assert own["b"].data.params["parent_trial"] == own["a"].info.run_id
    kept = client().download_artifacts(parent.info.run_id, "prompts.csv", str(home))
    assert Path(kept).read_text("utf-8") == "первый"
    assert {one.path for one in client().list_artifacts(parent.info.run_id)} == {"fields.json", "prompts.csv"}
    assert client().get_prompt_version_by_alias("docvlm-tiny.passport._Familija", "edits").template == "b"


@pytest.mark.parametrize("fault", FAULTS)
def test_what_it_did_not_take_is_written_by_the_next_command(
    tracked_home: Path, away: Away, caplog: pytest.LogCaptureFixture, fault: Exception
) -> None:
    work(tracked_home, away, fault)
    assert [record.levelname for record in caplog.records if "the work goes on" in record.message] == ["WARNING"]
    assert "wait in" in caplog.text and len(spool(tracked_home)) == 1
    assert [one.info.status for one in runs()] == ["RUNNING"]
    (tracked_home / "prompts.csv").write_text("другой", "utf-8")
    away.fault = None
    with open_run("search", {**CONFIG, "seed": 1}, PARAMS, DATA):
        pass
    whole(tracked_home)
    assert [one.info.status for one in runs()] == ["FINISHED", "FINISHED"]
    assert not spool(tracked_home), "it is written once"


def test_it_is_written_by_the_same_command_if_mlflow_is_back(
    tracked_home: Path, away: Away, caplog: pytest.LogCaptureFixture
) -> None:
    with open_run("search", CONFIG, PARAMS, DATA) as run:
        away.fault = FAULTS[0]
        run.trial(trial("a"))
        run.trial(trial("b", parent="a"))
        run.drain()
        away.fault = None
        while len(runs(run.run_id)) < 2:
            time.sleep(0.02)
    assert "is back" in caplog.text and not spool(tracked_home)
    assert [one.info.status for one in runs()] == ["FINISHED"]


def test_a_trial_that_was_half_written_stands_once(
    tracked_home: Path, away: Away, monkeypatch: pytest.MonkeyPatch
) -> None:
    finish, failures = RunWriter._finish, [OSError("away")]

    def half(writer: RunWriter, *told: Any) -> None:
        if failures:
            raise failures.pop()
        finish(writer, *told)

    monkeypatch.setattr(RunWriter, "_finish", half)
    with open_run("search", CONFIG, PARAMS, DATA) as run:
        run.trial(trial("a"))
        run.trial(trial("b"))
    assert [one.info.status for one in runs(runs()[0].info.run_id)] == ["FINISHED", "FINISHED"]


def test_it_waits_as_long_as_mlflow_is_away_and_only_for_that_one(
    tracked_home: Path, away: Away, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    work(tracked_home, away, FAULTS[0])
    monkeypatch.setattr(mlflow_run, "hand_over_aside", lambda _: None)
    with late_run("search", {**CONFIG, "seed": 1}, PARAMS, DATA):
        pass
    assert len(spool(tracked_home)) == 2
    away.fault = None
    shutil.copy(tracked_home / "mlruns" / "mlflow.db", tracked_home / "other.db")
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{tracked_home}/other.db")
    with open_run("search", {**CONFIG, "seed": 2}, PARAMS, DATA):
        pass
    assert len(spool(tracked_home)) == 2, "another MLflow's"
    monkeypatch.delenv("MLFLOW_TRACKING_URI")
    with open_run("search", {**CONFIG, "seed": 2}, PARAMS, DATA):
        pass
    whole(tracked_home)
    assert not spool(tracked_home)


def test_a_late_run_is_gathered_and_recorded_by_whoever_comes_to_mlflow(
    tracked_home: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(mlflow_run, "hand_over_aside", lambda _: None)
    with late_run("search", CONFIG, PARAMS, DATA) as run:
        run.trial(trial("a"))
        assert run.run_id == ""
    (kept,) = spool(tracked_home)
    assert len(json.loads(kept.read_bytes())["records"]) == 2
    os.utime(kept, (0, 0))
    with late_run("search", {**CONFIG, "seed": 2}, PARAMS, DATA):
        pass
    assert "has not taken 1 earlier run(s) yet" in caplog.text
    with open_run("search", {**CONFIG, "seed": 1}, PARAMS, DATA):
        pass
    finished = [one for one in runs() if runs(one.info.run_id)]
    assert [one.info.status for one in finished] == ["FINISHED"] and not spool(tracked_home)


@pytest.mark.slow
def test_a_process_of_its_own_records_a_late_run(tracked_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mlflow_run, "hand_over_aside", aside.hand_over_aside)
    with late_run("search", CONFIG, PARAMS, DATA) as run:
        run.trial(trial("a"))
    end = time.monotonic() + 120
    while spool(tracked_home) and time.monotonic() < end:
        time.sleep(0.2)
    (parent,) = runs()
    assert parent.info.status == "FINISHED" and len(runs(parent.info.run_id)) == 1


def test_what_it_refuses_is_left_out_and_said(tracked_home: Path, away: Away, caplog: pytest.LogCaptureFixture) -> None:
    away.at = "winner"
    work(tracked_home, away, MlflowException("no such name", INVALID_PARAMETER_VALUE))
    assert "does not take a winner: no such name" in caplog.text and not spool(tracked_home)
    (parent,) = runs()
    assert parent.info.status == "FINISHED" and len(runs(parent.info.run_id)) == 2


def test_a_disk_without_room_for_that_ends_nothing(
    tracked_home: Path, away: Away, caplog: pytest.LogCaptureFixture
) -> None:
    (tracked_home / ".promptfit").write_text("no folder")
    work(tracked_home, away, FAULTS[0])
    assert "none could be kept" in caplog.text


@pytest.mark.parametrize("stop", [KeyboardInterrupt(), PromptfitError("no answer")])
def test_no_run_stays_running(tracked_home: Path, away: Away, stop: BaseException) -> None:
    with pytest.raises(type(stop)), open_run("search", CONFIG, PARAMS, DATA) as run:
        away.fault = FAULTS[0]
        run.trial(trial("a"))
        raise stop
    away.fault = None
    with open_run("search", {**CONFIG, "seed": 1}, PARAMS, DATA):
        pass
    wanted = "KILLED" if isinstance(stop, KeyboardInterrupt) else "FAILED"
    assert [one.info.status for one in runs()] == [wanted, "FINISHED"]


def test_a_second_ctrl_c_keeps_what_is_left(tracked_home: Path, away: Away, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_: Any) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), monkeypatch.context() as patch:
        patch.setattr(outbox.Outbox, "close", interrupted)
        patch.setattr(outbox.Outbox, "_work", lambda _: None)
        with open_run("search", CONFIG, PARAMS, DATA) as run:
            run.trial(trial("a"))
    with open_run("search", {**CONFIG, "seed": 1}, PARAMS, DATA):
        pass
    assert [one.info.status for one in runs()] == ["FINISHED", "FINISHED"]


def test_a_run_that_fails_as_it_opens_is_ended(tracked_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch, pytest.raises(PromptfitError, match="away"):
        patch.setattr(RunWriter, "_forget", lambda one: one.run_id and (_ for _ in ()).throw(OSError("away")))
        with open_run("search", CONFIG, PARAMS, DATA):
            pass
    with open_run("search", {**CONFIG, "seed": 1}, PARAMS, DATA):
        pass
    assert [one.info.status for one in runs()] == ["FAILED", "FINISHED"]


SERVER = ["-m", "mlflow", "server", "--host", "127.0.0.1", "--workers", "1", "--port"]


def _serve(port: int, root: Path) -> subprocess.Popen[bytes]:
    database, files = f"sqlite:///{root}/server.db", (root / "files").as_uri()
    command = [sys.executable, *SERVER, str(port), "--backend-store-uri", database, "--artifacts-destination", files]
    # offline, litellm's download of a price list would never end, see commands/ui.py
    quiet = {"LITELLM_LOCAL_MODEL_COST_MAP": "True", "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"}
    environment = {**os.environ, **quiet, "MLFLOW_DISABLE_TELEMETRY": "true"}
    served = subprocess.Popen(command, cwd=root, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    for _ in range(3000):
        with socket.socket() as tried:
            if tried.connect_ex(("127.0.0.1", port)) == 0:
                return served
        time.sleep(0.1)
    _end(served)
    raise TimeoutError("mlflow server")


def _end(served: subprocess.Popen[bytes]) -> None:
    """The server and the workers that it started."""
    import psutil

    parts = [*psutil.Process(served.pid).children(recursive=True), psutil.Process(served.pid)]
    for part in parts:
        part.kill()
    psutil.wait_procs(parts)
    served.wait()


@pytest.mark.slow
def test_a_real_server_that_is_killed_in_mid_search(
    home: Path, mlflow_schema: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    from mlflow import MlflowClient

    root = tmp_path_factory.mktemp("server")
    shutil.copy(mlflow_schema, root / "server.db")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    reading.make_data(home / "data" / "mini")
    reading.configure(home, delay=0.1)
    environment = {**reading.environment(home), "MLFLOW_TRACKING_URI": f"http://127.0.0.1:{port}"}
    search = [sys.executable, "-m", "promptfit", "search", "model=reader", "budget.per_field=60"]
    search[1:3] = ["-c", "import sys; from promptfit.cli import main; sys.exit(main())"]
    served = _serve(port, root)
    working = subprocess.Popen(search, env=environment, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
    while reading.asked(home) < 5:
        assert working.poll() is None
        time.sleep(0.05)
    _end(served)
    _, said = working.communicate(timeout=300)
    assert working.returncode == 0, said
    assert said.count("the work goes on") == 1 and "wait in" in said
    assert (home / "prompts/reader/reader_sep_edits.csv").is_file()
    served = _serve(port, root)
    try:
        for name in ("MLFLOW_TRACKING_URI", "PYTHONPATH"):
            monkeypatch.setenv(name, environment[name])
        logging.getLogger("promptfit").setLevel(logging.INFO)
        assert main(["try", "model=reader", "Имя", "field=passport Имя"]) == 0
        client = MlflowClient(tracking_uri=environment["MLFLOW_TRACKING_URI"])
        found = client.search_runs([client.get_experiment_by_name("promptfit/search").experiment_id])
        (parent,) = [one for one in found if "mlflow.parentRunId" not in one.data.tags]
        assert {one.info.status for one in found} == {"FINISHED"} and len(found) > 3
        files = {one.path for one in client.list_artifacts(parent.info.run_id)}
        assert {"reader_sep_edits.csv", "reader_sep_edits.json", "fields.json"} <= files
        assert not spool(home)
    finally:
        _end(served)
