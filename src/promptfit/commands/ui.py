"""`promptfit ui`: MLflow's own pages over this project's runs."""

from __future__ import annotations

import os
import sys

from omegaconf import DictConfig

from promptfit.commands.shared import tables
from promptfit.paths import home
from promptfit.tracking import Place, hand_over, settle

PATIENCE = 30.0
"""Seconds to wait for a process that is about to record a run."""

OPENING = (
    "MLFLOW_UVICORN_OPTS",
    "MLFLOW_GUNICORN_OPTS",
    "MLFLOW_SERVER_ALLOWED_HOSTS",
    "MLFLOW_SERVER_CORS_ALLOWED_ORIGINS",
    "MLFLOW_SERVER_DISABLE_SECURITY_MIDDLEWARE",
)
"""Variables by which MLflow's server would listen to other machines, or to other pages' scripts."""


def main(cfg: DictConfig) -> None:
    """Becomes MLflow's server, for this machine only; a server elsewhere is merely named."""
    place = Place(**cfg.tracking)
    if place.is_server:
        tables.say(f"MLflow has a server already: open {place}")
        return
    settle(place)
    hand_over(place, PATIENCE)
    tables.say(f"MLflow on http://127.0.0.1:{cfg.port}, for this machine alone (Ctrl-C ends it)")
    sys.stdout.flush()
    os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
    # Where litellm is installed, MLflow imports it, and offline its download of a price list ends in a deadlock.
    os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "True")
    for name in OPENING:
        os.environ.pop(name, None)
    os.environ.update(environment(place))
    os.chdir(home())  # the server looks for modules where it stands
    os.execv(sys.executable, [sys.executable, *command(int(cfg.port))])


def environment(place: Place) -> dict[str, str]:
    """Where the server finds the runs: its arguments, which may hold a password, could be read by everybody."""
    artifacts = (home() / (place.artifacts or "mlruns/artifacts")).as_uri()
    return {
        "MLFLOW_BACKEND_STORE_URI": place.address,
        "MLFLOW_DEFAULT_ARTIFACT_ROOT": artifacts,
        "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",  # eight processes more, for jobs that nothing here has
    }


def command(port: int) -> list[str]:
    """The server's arguments."""
    return ["-m", "mlflow", "server", "--host", "127.0.0.1", "--port", str(port), "--workers", "1"]
