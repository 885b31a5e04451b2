"""A search that is really killed, again and again, wherever it is just then, ends as if nothing had happened."""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import shutil
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import reading
import scripted_server
from promptfit.answer.cached_answerer import AnswerCache
from promptfit.generate.cached_generator import CompletionCache
from scripted_server import Server

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import Run

KILLS = int(os.environ.get("PROMPTFIT_KILLS", "6"))
SEED = int(os.environ.get("PROMPTFIT_SEED", "0"))
SEARCH = ["search", "model=reader", "generator=scripted", "budget.per_field=160", "strategy.width=1"]
SEARCH += ["strategy.rounds=20", "strategy.patience=20"]
PHASES = ("start", "schema", "generator", "answers", "holdout", "writing")
WORK = ("generator", "answers")
"""A search goes from one to the other and back."""
CSV = "prompts/reader/reader_sep_scripted.csv"
FIELDS_AT_ONCE = 3
"""A call each may be under way."""

# Importing MLflow takes seconds: one process does it, and every search is forked off it.
FORKED = multiprocessing.get_context("forkserver")
FORKED.set_forkserver_preload(["mlflow", "promptfit.commands.search.main", "promptfit.tracking.mlflow_run", "reading"])


@dataclass
class Life:
    """A home, and what reached its answerer and its generator."""

    home: Path
    server: Server

    @property
    def asked(self) -> int:
        return reading.asked(self.home)

    @property
    def calls(self) -> int:
        return len(self.server.calls())

    @property
    def csv(self) -> Path:
        return self.home / CSV

    def start(self) -> multiprocessing.process.BaseProcess:
        child = FORKED.Process(target=search, args=(str(self.home),))
        child.start()
        return child


@pytest.fixture
def lives(tmp_path: Path) -> Iterator[tuple[Life, Life]]:
    """Two homes alike, each with a server of its own that takes a moment for a reply."""
    with scripted_server.running(delay=0.02) as one, scripted_server.running(delay=0.02) as two:
        yield live(tmp_path / "whole", one), live(tmp_path / "killed", two)


def live(home: Path, server: Server) -> Life:
    from test_generators import configure

    shutil.copytree(Path(__file__).parents[2] / "conf", home / "conf", ignore=shutil.ignore_patterns("local"))
    reading.make_data(home / "data" / "mini", documents=16)
    reading.configure(home, delay=0.005)
    configure(home, server, key_variable=None, timeout=60.0)
    return Life(home, server)


def search(home: str) -> None:
    """What a child does: the command line, in that home."""
    os.environ.update(PROMPTFIT_HOME=home, COLUMNS="200")
    os.environ.pop("MLFLOW_TRACKING_URI", None)
    log = os.open(f"{home}/said.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(log, 1)
    os.dup2(log, 2)
    from promptfit.cli import main

    sys.exit(main(SEARCH))


@pytest.mark.slow
def test_killed_searches_end_as_if_nothing_had_happened(lives: tuple[Life, Life]) -> None:
    whole, killed = lives
    end(whole)
    rng = random.Random(SEED)
    phases = [PHASES[number * len(PHASES) // KILLS] for number in range(KILLS)]
    phases = [WORK[number % 2] if phase in WORK else phase for number, phase in enumerate(phases)]
    ends = [
        status
        for number, phase in enumerate(phases)
        for status in killed_at_last(killed, phase, phases[number:].count(phase), whole, rng)
    ]
    assert ends.count(-signal.SIGKILL) == KILLS, "a search was killed in each phase"
    end(killed)
    assert killed.csv.read_bytes() == whole.csv.read_bytes()
    assert record(killed) == record(whole)
    assert kept(killed) == kept(whole)
    assert 0 <= killed.asked - whole.asked <= KILLS
    assert 0 <= killed.calls - whole.calls <= KILLS * FIELDS_AT_ONCE
    assert {json.dumps(call["messages"]) for call in killed.server.calls()} == {
        json.dumps(call["messages"]) for call in whole.server.calls()
    }
    assert not [path for path in killed.home.rglob("*") if path.name.endswith((".tmp", ".new"))]
    (told,) = runs(whole.home)
    again = runs(killed.home)
    # one that was faster, or had just been finished when it was killed, is repeated as a whole
    assert again and len(again) <= 1 + phases.count("writing") + ends.count(0)
    assert all(one == told for one in again)


def end(life: Life) -> None:
    """Lets a search go on to its end."""
    child = life.start()
    child.join()
    assert child.exitcode == 0, (life.home / "said.log").read_text()


def killed_at_last(life: Life, phase: str, left: int, whole: Life, rng: random.Random) -> Iterator[int]:
    """The exit statuses of up to five searches, the last of which was killed: one that is faster is started again."""
    for _ in range(5):
        status = kill(life, phase, left, whole, rng)
        yield status
        if status:
            return


def kill(life: Life, phase: str, left: int, whole: Life, rng: random.Random) -> int:
    """Starts a search and kills it in that phase; ``left`` more kills, this one too, have to fit in there.

    Returns:
        The exit status: 0 where the search was faster.
    """
    asked, calls, seen = life.asked, life.calls, life.csv.stat() if life.csv.exists() else None
    held = len(json.loads((whole.csv.with_suffix(".json")).read_text())["fields"]) * 8

    def step(end: int, now: int) -> int:
        return now + rng.randint(1, max(1, (end - now) // (left + 1)))

    more_calls, more_asked = calls + 1, step(whole.asked - held, asked)
    more_held = step(whole.asked, max(asked, whole.asked - held))
    reached: dict[str, tuple[Callable[[], bool], float]] = {
        "start": (lambda: True, 1.0),
        "schema": (lambda: any(life.home.glob("mlruns/*mlflow.db*")), 1.0),
        "generator": (lambda: life.calls >= more_calls, 0.03),
        "answers": (lambda: life.asked >= more_asked, 0.02),
        "holdout": (lambda: life.asked >= more_held, 0.02),
        "writing": (lambda: life.csv.exists() and life.csv.stat() != seen, 0.2),
    }
    there, moment = reached[phase]
    child = life.start()
    while child.is_alive() and not there():
        time.sleep(0.002)
    time.sleep(rng.uniform(0, moment))
    child.kill()
    child.join()
    said = (life.home / "said.log").read_text() if (life.home / "said.log").exists() else ""
    assert child.exitcode in (-signal.SIGKILL, 0), said
    print(f"killed in {phase}: {child.exitcode}, {life.asked} asked, {life.calls} calls", flush=True)
    return child.exitcode


def record(life: Life) -> dict[str, Any]:
    """The record beside the collection; how long a reply took is the clock's."""
    found: dict[str, Any] = json.loads(life.csv.with_suffix(".json").read_text("utf-8"))
    for field in found["fields"].values():
        assert field.pop("seconds") > 0
    return found


def kept(life: Life) -> list[tuple[str, int]]:
    path = life.home / ".promptfit" / "answers.sqlite"
    return [(store(path).texts, one.rows) for store in (AnswerCache, CompletionCache) for one in store(path).stats()]


def runs(home: Path) -> list[dict[str, Any]]:
    """Every search of a home as MLflow has it, without times and ids; all are FINISHED, and so are their trials."""
    from mlflow import MlflowClient
    from mlflow.entities import ViewType

    uri = f"sqlite:///{home / 'mlruns' / 'mlflow.db'}"
    client = MlflowClient(tracking_uri=uri, registry_uri=uri)
    experiment = client.get_experiment_by_name("promptfit/search").experiment_id
    every = client.search_runs([experiment], run_view_type=ViewType.ALL, max_results=50000)
    assert "RUNNING" not in Counter(run.info.status for run in every)
    active = [run for run in every if run.info.lifecycle_stage == "active"]
    assert {run.info.status for run in active} == {"FINISHED"}
    prompts = {one.name: len(client.search_prompt_versions(one.name)) for one in client.search_prompts()}
    texts = {run.info.run_id: run.data.params.get("prompt", "") for run in active}
    found = []
    for parent in (run for run in active if "mlflow.parentRunId" not in run.data.tags):
        mine = [run for run in active if run.data.tags.get("mlflow.parentRunId") == parent.info.run_id]
        trials = sorted((trial(client, run, texts) for run in mine), key=str)
        found.append({"run": told(client, parent), "trials": trials, "prompts": prompts})
    return found


def told(client: MlflowClient, run: Run) -> dict[str, Any]:
    """Params, inputs, artifacts, and every value of every metric."""
    names = [name for name in run.data.metrics if not name.endswith("seconds")]
    history = {
        name: [(one.step, one.value) for one in client.get_metric_history(run.info.run_id, name)] for name in names
    }
    artifacts = sorted(one.path for one in client.list_artifacts(run.info.run_id))
    inputs = [(one.dataset.name, one.dataset.digest) for one in run.inputs.dataset_inputs]
    tables = run.data.tags.get("mlflow.loggedArtifacts")
    return {
        "params": run.data.params,
        "metrics": history,
        "artifacts": artifacts,
        "inputs": inputs,
        "tables": tables,
    }


def trial(client: MlflowClient, run: Run, texts: dict[str, str]) -> dict[str, Any]:
    """The same of a trial, with its artifacts' content; other trials by their prompts."""
    folder = Path(run.info.artifact_uri.removeprefix("file://"))
    assert (folder / "prompt.txt").read_text("utf-8") == run.data.params["prompt"]
    predictions = json.loads((folder / "predictions.json").read_text("utf-8"))
    found = told(client, run)
    found["params"]["parent_trial"] = texts.get(found["params"]["parent_trial"])
    return found | {"predictions": predictions}
