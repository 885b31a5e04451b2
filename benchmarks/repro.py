"""How long `dvc repro` takes when there is nothing to do."""

from __future__ import annotations

from benchmarks.row import Row
from benchmarks.workspace import timed


def main() -> list[Row]:
    """Runs the pipeline, then once more."""
    timed("dvc", "repro", "--quiet")
    seconds, said = timed("dvc", "repro")
    return [Row("dvc repro, nothing to do", f"{seconds:.1f} s", "< 5 s", seconds < 5 and "Running stage" not in said)]
