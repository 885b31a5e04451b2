"""Writes the records of one MLflow run; a record that is there, in part or whole, is not written twice."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from promptfit.paths import resolve
from promptfit.support.system_text import parted
from promptfit.tracking import logged
from promptfit.tracking.connect import children, claim, connect, lock, source_tags
from promptfit.tracking.leaving import keep_here
from promptfit.tracking.outbox import Record
from promptfit.tracking.place import Place
from promptfit.tracking.slug import alias, plain

if TYPE_CHECKING:
    from mlflow import MlflowClient

TABLES = "mlflow.loggedArtifacts"


@dataclass(frozen=True, slots=True)
class Opening:
    """What a run is opened with."""

    stage: str
    identity: str
    """Of the configuration and the data."""
    name: str
    params: Mapping[str, object]
    """Of the run and of its trials."""
    data: logged.DataUsed | None
    run_id: str = ""
    """Of the run that is written; empty before there is one."""
    stays: bool = True
    """Whether nothing of it may leave this machine."""

    def keep_private(self, uris: Iterable[str]) -> None:
        """Refuses to write to any of MLflow's addresses that is elsewhere, where the run must stay here.

        Raises:
            PromptfitError: One is.
        """
        if self.stays:
            keep_here(uris)


class RunWriter:
    """Writes to the run of an opening: the one it names, or one that it claims."""

    def __init__(self, place: Place, opening: Opening) -> None:
        self._place, self._opening = place, opening
        self.run_id = opening.run_id
        self._client: MlflowClient
        self._experiment = ""
        self._forget()

    def open(self) -> None:
        """Connects, claims a run where there is none, and learns what was written of it.

        What an earlier process, or attempt, left half written is taken away.

        Raises:
            PromptfitError: The run's data must stay on this machine, and MLflow or its files are elsewhere.
        """
        self._opening.keep_private([self._place.address, self._place.registry])
        self._client = connect(self._place)
        if not self.run_id:
            own = self._opening
            self.run_id = claim(self._client, self._place, own.stage, own.identity, own.name)
        run = self._client.get_run(self.run_id)
        self._opening.keep_private([str(run.info.artifact_uri)])
        self._experiment = run.info.experiment_id
        self._forget()
        for child in children(self._client, self._experiment, self.run_id):
            if child.info.status == "FINISHED":
                digest = child.data.tags.get("promptfit.trial", "")
                self._trials[digest] = child.info.run_id
                self._samples[digest] = child.data.metrics.get("samples", 0)
            else:  # who wrote it is gone; the trial comes again
                self._client.set_terminated(child.info.run_id, "KILLED")
                self._client.delete_run(child.info.run_id)
        for name in run.data.metrics:
            history = self._client.get_metric_history(self.run_id, name)
            self._figures |= {(name, one.step, one.value) for one in history}
        self._tables += [one["path"].removesuffix(".json") for one in json.loads(run.data.tags.get(TABLES, "[]"))]
        if not run.inputs.dataset_inputs:
            self._describe(self.run_id, {} if run.data.params else self._opening.params, "run")

    def write(self, record: Record) -> None:
        """Writes one record: ``kind`` names the method."""
        getattr(self, f"_write_{record['kind']}")(**{key: value for key, value in record.items() if key != "kind"})

    def _forget(self) -> None:
        self._trials: dict[str, str] = {}  # run ids by digest of field and prompt, or of condition
        self._samples: dict[str, float] = {}  # what a trial had seen when it was written, by the same
        self._figures: set[tuple[str, int, float]] = set()  # name, step, value of the run's own
        self._tables: list[str] = []

    def _write_trial(
        self,
        name: str,
        digest: str,
        parent: str,
        split: str,
        prompt: str,
        params: Mapping[str, object],
        figures: Mapping[str, float],
        predictions: Mapping[str, Any],
    ) -> None:
        if digest in self._trials:
            if self._samples[digest] < figures["samples"]:
                self._client.log_dict(self._trials[digest], predictions, "predictions.json")
                # last: a kill in between leaves it to be written again
                self._log_figures(self._trials[digest], figures)
                self._samples[digest] = figures["samples"]
            return
        run_id = self._child(name, digest)
        described = {**self._opening.params, **params, "parent_trial": self._trials.get(parent, "")}
        self._describe(run_id, described, split or "search", figures)
        self._client.log_text(run_id, prompt, "prompt.txt")
        self._finish(run_id, digest, predictions)
        self._samples[digest] = figures["samples"]

    def _write_condition(
        self,
        name: str,
        digest: str,
        params: Mapping[str, object],
        figures: Mapping[str, float],
        predictions: Mapping[str, Any],
    ) -> None:
        if digest in self._trials:
            return
        run_id = self._child(name, digest)
        self._describe(run_id, {**self._opening.params, **params}, "study", figures)
        self._finish(run_id, digest, predictions)

    def _write_metrics(self, values: Mapping[str, float], step: int, time_ms: int) -> None:
        from mlflow.entities import Metric

        new = {(key, step, float(value)) for key, value in values.items()} - self._figures
        self._client.log_batch(self.run_id, [Metric(key, value, time_ms, step) for key, step, value in sorted(new)])

    def _write_table(self, name: str, content: Mapping[str, Any]) -> None:
        self._tables = list(dict.fromkeys([*self._tables, name]))
        self._client.log_dict(self.run_id, content, f"{name}.json")
        for tag, value in _tables_tag(*self._tables).items():
            self._client.set_tag(self.run_id, tag, value)

    def _write_artifact(self, path: str) -> None:
        self._client.log_artifact(self.run_id, str(resolve(path)))

    def _write_winner(self, field: str, slugged: str, text: str, told: str) -> None:
        params = self._opening.params
        answerer, label = str(params.get("answerer", "answerer")), str(params.get("label", "chosen"))
        name, known_as = f"{plain(answerer)}.{slugged}", alias(label)
        tags = {"answerer": answerer, "label": label, "field": field, "promptfit.run": self.run_id}
        template = _template(text)
        with lock():  # jobs that make the same prompt, or its next version, trip over each other
            kept = None
            with suppress(Exception):  # "no such prompt" and "no such alias" have no class of their own
                kept = self._client.get_prompt_version_by_alias(name, known_as)
            if kept is None or kept.template != template:
                kept = self._own_version(name, template) or self._client.register_prompt(
                    name, template, commit_message=f"{label}: {told}", tags=tags
                )
                self._client.set_prompt_alias(name, known_as, kept.version)

    def _write_end(self, status: str) -> None:
        self._client.set_terminated(self.run_id, status)

    def _own_version(self, name: str, template: str | list[dict[str, str]]) -> Any:
        """The version that this run registered before it was killed, if it did."""
        with suppress(Exception):  # as above
            for kept in self._client.search_prompt_versions(name):
                if kept.template == template and kept.tags.get("promptfit.run") == self.run_id:
                    return kept
        return None

    def _finish(self, run_id: str, digest: str, predictions: Mapping[str, Any]) -> None:
        """Ends a child run."""
        self._client.log_dict(run_id, predictions, "predictions.json")
        self._client.set_terminated(run_id)
        self._trials[digest] = run_id

    def _child(self, name: str, digest: str) -> str:
        own = {"mlflow.parentRunId": self.run_id, "promptfit.trial": digest, **_tables_tag("predictions")}
        tags = {**source_tags(), **own}
        return str(self._client.create_run(self._experiment, tags=tags, run_name=name).info.run_id)

    def _describe(
        self, run_id: str, params: Mapping[str, object], context: str, figures: Mapping[str, float] | None = None
    ) -> None:
        from mlflow.entities import Dataset, DatasetInput, InputTag, Param

        self._log_figures(run_id, figures or {}, [Param(key, logged.cut(str(v))) for key, v in params.items()])
        if data := self._opening.data:
            used = Dataset(data.name, data.digest[:36], "local", data.source)
            self._client.log_inputs(run_id, [DatasetInput(used, [InputTag("mlflow.data.context", context)])])

    def _log_figures(self, run_id: str, figures: Mapping[str, float], params: Sequence[Any] = ()) -> None:
        from mlflow.entities import Metric

        self._client.log_batch(run_id, [Metric(key, float(v), _now(), 0) for key, v in figures.items()], params)


def _template(text: str) -> str | list[dict[str, str]]:
    """A prompt as the registry takes it: a text, or a talk where it has a system text."""
    system, user = parted(text)
    if not system:
        return text
    return [{"role": "system", "content": system}, {"role": "user", "content": user}]


def _tables_tag(*names: str) -> dict[str, str]:
    """The tag by which MLflow's pages find a run's tables."""
    return {TABLES: json.dumps([{"path": f"{name}.json", "type": "table"} for name in names])}


def _now() -> int:
    return int(time.time() * 1000)
