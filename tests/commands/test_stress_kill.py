"""A stress study that is stopped on its way goes on where it was."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from test_stress import OUT, QUESTIONS, configure, contents, requests, selected

from reading import environment

__all__ = ["selected"]
COMMAND = [sys.executable, "-c", "import sys; from promptfit.cli import main; sys.exit(main())"]
STRESS = [*COMMAND, "stress", "model=fading"]


@pytest.mark.slow
def test_a_stopped_study_ends_as_if_nothing_had_happened(selected: Path) -> None:
    from mlflow import MlflowClient

    from tracked import uri

    configure(selected, delay=0.02)
    assert stopped(selected, 2 * QUESTIONS + 3, signal.SIGINT) == 130
    assert not (selected / OUT).exists()
    assert stopped(selected, 4 * QUESTIONS + 5, signal.SIGKILL) < 0
    subprocess.run(STRESS, env=environment(selected), check=True)
    content = contents(selected / OUT)
    assert requests(selected) <= 6 * QUESTIONS + 2, "at most what was in flight is asked again"
    client = MlflowClient(tracking_uri=uri(), registry_uri=uri())
    runs = client.search_runs([client.get_experiment_by_name("promptfit/stress").experiment_id])
    names = sorted(run.info.run_name for run in runs if "mlflow.parentRunId" in run.data.tags)
    assert names == ["clean 0", *(f"fade {severity}" for severity in range(1, 6))], "each condition once"
    assert len(runs) == 7 and {run.info.status for run in runs} == {"FINISHED"}
    subprocess.run([*STRESS, "store=.promptfit/whole.sqlite"], env=environment(selected), check=True)
    assert contents(selected / OUT) == content, "as one that nobody stopped"


def stopped(home: Path, at: int, by: signal.Signals) -> int:
    """Stops a study when the answerer was asked so many times."""
    child = subprocess.Popen(STRESS, env=environment(home), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while child.poll() is None and requests(home) < at:
        time.sleep(0.005)
    child.send_signal(by)
    return child.wait()
