"""How long `promptfit --help` takes, the median of nine."""

from __future__ import annotations

import statistics

from benchmarks.row import Row
from benchmarks.workspace import timed


def main() -> list[Row]:
    """Runs it, and gives its row."""
    seconds = statistics.median(timed("promptfit", "--help")[0] for _ in range(9))
    return [Row("promptfit --help", f"{seconds:.2f} s", "< 0.5 s", seconds < 0.5)]
