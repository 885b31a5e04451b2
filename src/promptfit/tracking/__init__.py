"""Runs in MLflow: a search, selection, study or training is a parent run, a trial a child run.

The only room that imports mlflow, and that only when a run is opened.
"""

from promptfit.tracking.connect import settle
from promptfit.tracking.logged import DataUsed
from promptfit.tracking.mlflow_run import Run, late_run, open_run
from promptfit.tracking.place import Place
from promptfit.tracking.waiting import hand_over

__all__ = ["DataUsed", "Place", "Run", "hand_over", "late_run", "open_run", "settle"]
