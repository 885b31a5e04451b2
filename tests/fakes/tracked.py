"""Where the runs of a test's home are."""

from __future__ import annotations

from benchmarks.stated import read

from promptfit.tracking import Place

TRACKING = read("tracking/local")
"""What conf/ says, for whom no configuration is composed."""


def uri() -> str:
    """MLflow's address in force."""
    return Place(**TRACKING).address
