"""The demo's search from nothing, then the same again: its time, its requests, and what the second one asks."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from benchmarks.row import Row
from benchmarks.workspace import fresh_home, timed

SEARCH = ("promptfit", "search", "model=docvlm-tiny", "generator=edits")
CSV = "prompts/docvlm-tiny/docvlm-tiny_sep_edits.csv"


def main() -> list[Row]:
    """Searches twice in a home of its own."""
    with fresh_home() as home:
        seconds, _ = timed(*SEARCH, home=home)
        first = (home / CSV).read_bytes()
        share = figures(home)["share_of_full"]
        again, said = timed(*SEARCH, home=home)
        asked = re.search(r"asked (\d+) new requests", said)
        equal = (home / CSV).read_bytes() == first
    nothing = asked is not None and int(asked[1]) == 0
    return [
        Row("the demo's search, after installation", f"{seconds:.0f} s", "<= 300 s", seconds <= 300),
        Row("requests / (distinct prompts x search samples)", f"{share:.2f}", "<= 0.33", share <= 1 / 3),
        Row(
            "the same search again",
            f"{asked[1] if asked else '?'} model calls, {'equal' if equal else 'other'} bytes, {again:.0f} s",
            "0 model calls, equal bytes",
            nothing and equal,
        ),
    ]


def figures(home: Path) -> Mapping[str, float]:
    """The metrics of the home's search, out of MLflow."""
    from mlflow import MlflowClient

    uri = f"sqlite:///{home / 'mlruns' / 'mlflow.db'}"
    client = MlflowClient(tracking_uri=uri, registry_uri=uri)
    experiment = client.get_experiment_by_name("promptfit/search")
    runs = client.search_runs([experiment.experiment_id], "attributes.status = 'FINISHED'")
    return next(run.data.metrics for run in runs if "share_of_full" in run.data.metrics)
