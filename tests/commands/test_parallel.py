"""Eight searches at once over one store and one MLflow database."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import reading
from promptfit.answer.cached_answerer import AnswerCache
from promptfit.data import collection
from promptfit.score.usable import is_usable
from reading import asked, configure, environment

JOBS = 8
COMMAND = [sys.executable, "-c", "import sys; from promptfit.cli import main; sys.exit(main())"]
JOBLIB = ["hydra/launcher=joblib", f"hydra.launcher.n_jobs={JOBS}"]


@pytest.fixture
def empty(home: Path) -> Path:
    """A home without a store and without MLflow's database: the jobs make both."""
    reading.make_data(home / "data" / "mini")
    configure(home, delay=0.02)
    return home


@pytest.mark.slow
def test_eight_jobs_share_one_store_and_one_database(empty: Path) -> None:
    from mlflow import MlflowClient

    seeds = ",".join(str(seed) for seed in range(JOBS))
    sweep = ["search", "-m", "model=reader", f"seed={seeds}", "label=edits-${seed}", "budget.per_field=40", *JOBLIB]
    done = subprocess.run(
        [*COMMAND, *sweep],
        env={**environment(empty), "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "database is locked" not in done.stdout + done.stderr
    assert len(list((empty / "prompts" / "reader").glob("*.csv"))) == JOBS
    (kept,) = AnswerCache(empty / ".promptfit" / "answers.sqlite").stats()
    print(f"{kept.rows} kept, {asked(empty)} asked, {kept.hits} hits")
    assert asked(empty) <= 1.2 * kept.rows, "answers that jobs share are asked once"
    uri = f"sqlite:///{empty / 'mlruns' / 'mlflow.db'}"
    client = MlflowClient(tracking_uri=uri, registry_uri=uri)
    runs = client.search_runs([client.get_experiment_by_name("promptfit/search").experiment_id], max_results=5000)
    assert {run.info.status for run in runs} == {"FINISHED"}
    parents = [run for run in runs if "mlflow.parentRunId" not in run.data.tags]
    assert sorted(run.data.params["seed"] for run in parents) == [str(seed) for seed in range(JOBS)]
    versions = {one.name: client.search_prompt_versions(one.name) for one in client.search_prompts()}
    labels = {(one.name, one.tags["label"]) for found in versions.values() for one in found}
    found = [row for path in (empty / "prompts" / "reader").glob("*.csv") for row in collection.read(path)]
    assert len(found) == JOBS * len(reading.FIELDS)
    assert len(labels) == sum(map(len, versions.values())) == sum(is_usable(row.cer or 0) for row in found) > JOBS
