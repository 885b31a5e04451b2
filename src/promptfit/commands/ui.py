"""`promptfit ui`: MLflow's own pages over this project's runs."""

from __future__ import annotations

import os
import sys

from omegaconf import DictConfig

from promptfit.commands.shared import tables
from promptfit.paths import home
from promptfit.tracking import uri


def main(cfg: DictConfig) -> None:
    """Becomes MLflow's server, for this machine only; a server elsewhere is merely named."""
    if uri().startswith("http"):
        tables.say(f"MLFLOW_TRACKING_URI names a server: open {uri()}")
        return
    tables.say(f"MLflow on http://127.0.0.1:{cfg.port} (Ctrl-C ends it)")
    sys.stdout.flush()
    artifacts = (home() / "mlruns" / "artifacts").as_uri()
    os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
    # Where litellm is installed, MLflow imports it, and offline its download of a price list ends in a deadlock.
    os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "True")
    os.execv(sys.executable, [sys.executable, *command(uri(), artifacts, int(cfg.port))])


def command(store: str, artifacts: str, port: int) -> list[str]:
    """The server's arguments."""
    places = ["--backend-store-uri", store, "--default-artifact-root", artifacts]
    return ["-m", "mlflow", "server", *places, "--host", "127.0.0.1", "--port", str(port), "--workers", "1"]
