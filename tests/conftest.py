"""What tests share: a home of their own, so that no test touches the project's runs and answers."""

from __future__ import annotations

import os
import shutil
import signal
from pathlib import Path

import pytest
import yaml

os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")

# What a shell starts in the background ignores Ctrl-C, and so would the commands that tests interrupt.
signal.signal(signal.SIGINT, signal.default_int_handler)

PROJECT = Path(__file__).resolve().parents[1]
STAND_INS = [
    "reading.Reader",
    "reading.Raeder",
    "test_screen.Shy",
    "fading.Fading",
    "fading.Fade",
    "sighted.Sighted",
    "echoing.Echo",
]
"""Classes of tests/fakes that tests name in configurations, as a person would name their own."""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty project root with a copy of the project's conf/ (not of the person's own), in effect for the test."""
    shutil.copytree(PROJECT / "conf", tmp_path / "conf", ignore=shutil.ignore_patterns("local"))
    (tmp_path / "conf/local").mkdir()
    (tmp_path / "conf/local/targets.yaml").write_text(yaml.safe_dump(STAND_INS), "utf-8")
    monkeypatch.setenv("PROMPTFIT_HOME", str(tmp_path))
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    return tmp_path


@pytest.fixture(scope="session")
def mlflow_schema(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An MLflow database without runs: making its schema takes seconds."""
    from promptfit.tracking.connect import connect
    from promptfit.tracking.place import Place
    from tracked import TRACKING

    root = tmp_path_factory.mktemp("schema")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PROMPTFIT_HOME", str(root))
        patch.delenv("MLFLOW_TRACKING_URI", raising=False)
        connect(Place(**TRACKING))
    return root / "mlruns" / "mlflow.db"


@pytest.fixture
def tracked_home(home: Path, mlflow_schema: Path) -> Path:
    """A home whose MLflow database is ready."""
    (home / "mlruns").mkdir()
    shutil.copy(mlflow_schema, home / "mlruns" / "mlflow.db")
    return home


@pytest.fixture(autouse=True)
def recorded_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a process of its own hands to MLflow is handed over in this one, so that a test can look at it."""
    from promptfit.tracking import mlflow_run, waiting

    monkeypatch.setattr(mlflow_run, "hand_over_aside", waiting.hand_over)
