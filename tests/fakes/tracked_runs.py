"""A run with trials, as tests of tracking tell it; and what MLflow has of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from promptfit.tracking import DataUsed
from promptfit.types import Answer, Counts, Field, Interval, Prompt, Reading, Sample, Score, Scored, Trial
from tracked import TRACKING, uri

FIELD = Field("passport", "Фамилия")
DATA = DataUsed("mini", "d" * 64, "data/mini")
CONFIG = {"seed": 0, "dataset": {"name": "mini", "path": "/somewhere/data/mini"}, "tracking": TRACKING}
PARAMS = {"answerer": "docvlm-tiny", "label": "edits", "seed": 0}


def trial(text: str, parent: str | None = None, iteration: int = 0) -> Trial:
    sample = Sample("p1", Path("images/p1.png"), "0" * 64, "Фамилия?", "Карбаинов", FIELD, "search")
    scored = Scored(sample, Answer("Карбаинок", 60, 9, 0.1), Reading("Карбаинок"), Counts({"cer": (1, 9)}))
    values = {"cer": 1 / 9, "exact": 0.0, "wer": 1.0, "anls": 0.0}
    score = Score(values, {"cer": Interval(0.05, 0.3, "gamma")}, samples=1, documents=1)
    return Trial(FIELD, Prompt(text, "seed", parent), iteration, score, (scored,), True, requests=1)


def client() -> Any:
    from mlflow import MlflowClient

    return MlflowClient(tracking_uri=uri(), registry_uri=uri())


def runs(parent: str | None = None) -> list[Any]:
    known = client()
    experiment = known.get_experiment_by_name("promptfit/search").experiment_id
    found = known.search_runs([experiment], order_by=["attributes.start_time"])
    return [run for run in found if run.data.tags.get("mlflow.parentRunId") == parent]
