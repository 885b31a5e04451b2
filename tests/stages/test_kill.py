"""A search that is really killed, again and again, ends as if nothing had happened."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from reading import asked, configure, environment

from promptfit.tracking import uri

KILLS = int(os.environ.get("PROMPTFIT_KILLS", "2"))
COMMAND = [sys.executable, "-c", "import sys; from promptfit.cli import main; sys.exit(main())"]
SEARCH = [*COMMAND, "search", "model=reader", "budget.per_field=60"]
CSV = "prompts/reader/reader_sep_edits.csv"


@pytest.mark.slow
def test_killed_searches_end_as_if_nothing_had_happened(project: Path) -> None:
    from mlflow import MlflowClient

    configure(project, delay=0.02)
    subprocess.run([*SEARCH, "store=.promptfit/whole.sqlite"], env=environment(project), check=True)
    whole, content = asked(project), (project / CSV).read_bytes()
    (project / CSV).unlink()
    rng = random.Random(0)
    for _ in range(KILLS):
        kill_one(project, asked(project) + rng.randint(1, max(2, whole // KILLS)))
    subprocess.run(SEARCH, env=environment(project), check=True)
    assert (project / CSV).read_bytes() == content
    assert asked(project) - whole <= whole + KILLS, "at most what was in flight is asked again"
    client = MlflowClient(tracking_uri=uri(), registry_uri=uri())
    runs = client.search_runs([client.get_experiment_by_name("promptfit/search").experiment_id], max_results=5000)
    assert {run.info.status for run in runs} == {"FINISHED"}
    parents = [run.info.run_id for run in runs if "mlflow.parentRunId" not in run.data.tags]
    trials = [sorted(_prompts(runs, parent)) for parent in parents]
    assert len(parents) == 2
    assert trials[0] == trials[1]


def kill_one(home: Path, at: int) -> None:
    """Kills a search when the answerer was asked so many times, or lets it end before that."""
    child = subprocess.Popen(SEARCH, env=environment(home), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while child.poll() is None and asked(home) < at:
        time.sleep(0.005)
    child.send_signal(signal.SIGKILL)
    child.wait()


def _prompts(runs: list, parent: str) -> list[tuple[str, str]]:
    mine = [run for run in runs if run.data.tags.get("mlflow.parentRunId") == parent]
    return [(run.data.params["field"], run.data.params["prompt"]) for run in mine]
