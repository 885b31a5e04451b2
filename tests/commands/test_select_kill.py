"""A selection that is stopped on its way goes on where it was."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from test_select import contents, searched

from reading import asked, configure, environment

__all__ = ["searched"]
COMMAND = [sys.executable, "-c", "import sys; from promptfit.cli import main; sys.exit(main())"]
SELECT = [*COMMAND, "select", "model=reader"]


@pytest.mark.slow
def test_a_stopped_selection_ends_as_if_nothing_had_happened(searched: Path) -> None:
    from mlflow import MlflowClient

    from tracked import uri

    configure(searched, delay=0.02)
    subprocess.run([*SELECT, "store=.promptfit/whole.sqlite"], env=environment(searched), check=True)
    whole, content = asked(searched), contents(searched / "selection")
    assert stopped(searched, whole + whole // 3, signal.SIGINT) == 130
    assert stopped(searched, whole + whole * 2 // 3, signal.SIGKILL) < 0
    subprocess.run(SELECT, env=environment(searched), check=True)
    assert contents(searched / "selection") == content
    assert asked(searched) - whole <= whole + 2, "at most what was in flight is asked again"
    client = MlflowClient(tracking_uri=uri(), registry_uri=uri())
    runs = client.search_runs([client.get_experiment_by_name("promptfit/select").experiment_id])
    assert {run.info.status for run in runs} == {"FINISHED"}
    assert sum("mlflow.parentRunId" not in run.data.tags for run in runs) == 2


def stopped(home: Path, at: int, by: signal.Signals) -> int:
    """Stops a selection when the answerer was asked so many times."""
    child = subprocess.Popen(SELECT, env=environment(home), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while child.poll() is None and asked(home) < at:
        time.sleep(0.005)
    child.send_signal(by)
    return child.wait()
