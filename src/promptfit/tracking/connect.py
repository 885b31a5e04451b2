"""Where MLflow is, and which run of it to write: its schema is made, and a run is claimed, under a file lock."""

from __future__ import annotations

import getpass
import logging
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from promptfit.paths import home
from promptfit.support.files.writing import keep_private
from promptfit.support.http.hosts import is_here, reach_directly
from promptfit.support.http.secrets import struck
from promptfit.tracking.moved import follow
from promptfit.tracking.place import SQLITE, Place
from promptfit.tracking.provenance import git_commit, is_running, this_process
from promptfit.types import PromptfitError

if TYPE_CHECKING:
    from filelock import BaseFileLock
    from mlflow import MlflowClient


def connect(place: Place) -> MlflowClient:
    """A client whose store and schema exist: jobs that made them at the same time would trip over each other.

    A database that is missing is made aside and put in place whole: nobody could use, or finish, the half of a schema
    that a killed process leaves.
    """
    os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
    os.environ.setdefault("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "2")  # of a call; records are tried again, and wait
    from mlflow import MlflowClient

    for noisy in ("mlflow", "alembic"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    uri = place.address
    for server in (uri, place.registry):
        if server.startswith("http") and is_here(server):
            reach_directly(server)
    with lock():
        path = Path(uri.removeprefix(SQLITE)) if uri.startswith(SQLITE) else None
        if path and path.name and not path.exists():
            for left in path.parent.glob(f".{path.name}.*.new"):
                shutil.rmtree(left, ignore_errors=True)
            new = Path(tempfile.mkdtemp(".new", f".{path.name}.", path.parent)) / path.name
            _used(MlflowClient(tracking_uri=f"{SQLITE}{new}", registry_uri=f"{SQLITE}{new}"))
            keep_private(new)
            new.replace(path)
            shutil.rmtree(new.parent, ignore_errors=True)
        follow(place)
        return _used(MlflowClient(tracking_uri=uri, registry_uri=place.registry))


def _used(client: MlflowClient) -> MlflowClient:
    """The client after first calls, which make the schema."""
    client.search_experiments(max_results=1)
    client.search_registered_models(max_results=1)
    return client


def settle(place: Place) -> None:
    """Brings the database to where the project lies now, for those who come to it without ``connect``.

    Raises:
        PromptfitError: It can't be read or written.
    """
    with faults_named(place), lock():
        follow(place)


def claim(client: MlflowClient, place: Place, stage: str, identity: str, name: str) -> str:
    """Takes over the stage's unfinished run of this identity whose process is gone, or starts one.

    Returns:
        The id of the run.
    """
    mine = {**source_tags(), **this_process(), "promptfit.id": identity}
    with lock():
        experiment = _experiment(client, place, f"promptfit/{stage}")
        unfinished = f"tags.`promptfit.id` = '{identity}' and attributes.status != 'FINISHED'"
        for run in client.search_runs([experiment], unfinished):
            if run.info.status != "RUNNING" or not is_running(run.data.tags):
                client.update_run(run.info.run_id, status="RUNNING")
                for key, value in mine.items():
                    client.set_tag(run.info.run_id, key, value)
                return str(run.info.run_id)
        return str(client.create_run(experiment, tags=mine, run_name=name or stage).info.run_id)


def children(client: MlflowClient, experiment: str, run_id: str) -> Iterator[Any]:
    """The trials of a run, page by page."""
    token = ""
    while True:
        page = client.search_runs([experiment], f"tags.`mlflow.parentRunId` = '{run_id}'", page_token=token or None)
        yield from page
        if not (token := page.token):
            return


def source_tags() -> dict[str, str]:
    """Tags that MLflow's own pages know."""
    commit = git_commit().removesuffix("-dirty")
    return {"mlflow.source.name": "promptfit", "mlflow.source.git.commit": commit, "mlflow.user": _user()}


@contextmanager
def faults_named(place: Place) -> Iterator[None]:
    """Turns whatever MLflow raises into a message that says where it was looked for."""
    try:
        yield
    except PromptfitError:
        raise
    except Exception as fault:
        remedy = f"mend it, or point {place.variable} elsewhere"
        raise PromptfitError(f"MLflow at {place}: {struck(fault)}; {remedy}") from fault


def can_wait(fault: Exception) -> bool:
    """Whether MLflow may take later what it did not take now: it is away, busy, locked or out of room."""
    from mlflow.exceptions import MlflowException
    from sqlalchemy.exc import SQLAlchemyError

    if isinstance(fault, MlflowException):
        status = fault.get_http_status_code()
        return status >= 500 or status in (401, 403, 408, 409, 429)
    return isinstance(fault, OSError | SQLAlchemyError | sqlite3.OperationalError)


def _experiment(client: MlflowClient, place: Place, name: str) -> str:
    found = client.get_experiment_by_name(name)
    if found is None:
        return str(client.create_experiment(name, artifact_location=place.artifact_root))
    if found.lifecycle_stage == "deleted":
        client.restore_experiment(found.experiment_id)
    return str(found.experiment_id)


def lock() -> BaseFileLock:
    """For what only one process of the host may do at a time."""
    from filelock import FileLock

    (home() / "mlruns").mkdir(parents=True, exist_ok=True)
    return FileLock(home() / "mlruns" / ".lock")


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user need not have a name
        return ""
