"""The Recorder that writes to MLflow, behind the loops' back: a trial takes some 40 ms."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from promptfit.tracking import logged
from promptfit.tracking.background import Background, Job
from promptfit.tracking.connect import children, claim, connect, faults_named, lock, source_tags
from promptfit.tracking.place import Place
from promptfit.tracking.provenance import condition_digest, fingerprint, git_commit, prompt_digest
from promptfit.tracking.slug import slug
from promptfit.types import Field, Prompt, Score, Scored, Trial

if TYPE_CHECKING:
    from mlflow import MlflowClient


@contextmanager
def open_run(
    stage: str,
    config: Mapping[str, Any],
    params: Mapping[str, object],
    data: logged.DataUsed | None = None,
    name: str = "",
) -> Iterator[Run]:
    """Opens the parent run of a stage, and ends it as FINISHED, FAILED or (Ctrl-C) KILLED with all that was told.

    An unfinished run of the same configuration and data whose process is gone is taken over; trials that it
    finished are not written twice.

    Args:
        stage: The experiment is ``promptfit/<stage>``.
        config: The resolved configuration; with the data's digest it says what is the same run, and its `tracking`
            where that is written.
        params: Params of the run and of each of its trials; prompts are registered under ``answerer`` and ``label``.
        data: What the run reads.
        name: How MLflow shows the run.

    Yields:
        The Recorder of this run.

    Raises:
        PromptfitError: MLflow can't be reached or can't write.
    """
    digest = data.digest if data else ""
    place = Place(**config["tracking"])
    with faults_named(place):
        client = connect(place)
        experiment, run_id = claim(client, place, stage, fingerprint(config, digest), name)
        described = {**params, "data_digest": digest, "git_commit": git_commit()}
        run = Run(client, place, experiment, run_id, described, data)
    status = "FAILED"
    try:
        yield run
        run.drain()
        status = "FINISHED"
    except KeyboardInterrupt:
        status = "KILLED"
        raise
    finally:
        run.close(status)


class Run:
    """A Recorder over one MLflow run, made by ``open_run``."""

    def __init__(
        self,
        client: MlflowClient,
        place: Place,
        experiment: str,
        run_id: str,
        params: Mapping[str, object],
        data: logged.DataUsed | None,
    ) -> None:
        self.run_id = run_id
        self._client, self._place, self._experiment = client, place, experiment
        self._params, self._data = params, data
        self._trials: dict[str, str] = {}  # run ids by digest of field and prompt, or of condition
        self._samples: dict[str, float] = {}  # what a trial had seen when it was written, by the same
        self._figures: set[tuple[str, int, float]] = set()  # name, step, value of the run's own
        self._tables: list[str] = []
        self._take_over()
        self._writer = Background("mlflow")

    def trial(self, trial: Trial, split: str = "") -> None:
        """Keeps one trial with its prompt, metrics and sample predictions; one that has seen more since, anew.

        The measurement of a chosen prompt is a run of its own, with the ``split`` among its params; its
        ``parent_trial`` is the trial that it was chosen by.
        """
        self._put(lambda: self._write_trial(trial, split))

    def condition(
        self,
        augmentation: str,
        severity: int,
        figures: Mapping[str, float],
        cers: Mapping[Field, float],
        scored: Sequence[Scored],
    ) -> None:
        """Keeps one condition of a study: its metrics, the CER of each field and the sample predictions."""
        metrics = {**figures, **{f"cer/{slug(field.name)}": cer for field, cer in cers.items()}}
        self._put(lambda: self._write_condition(augmentation, severity, metrics, scored))

    def metrics(self, values: Mapping[str, float], step: int | None = None) -> None:
        """Keeps figures of the whole run."""
        kept, now = dict(values), _now()
        self._put(lambda: self._write_metrics(kept, step or 0, now))

    def table(self, name: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
        """Keeps a table as an artifact ``<name>.json``; one of that name is replaced."""
        self._put(lambda: self._write_table(name, columns, rows))

    def artifact(self, path: Path) -> None:
        """Keeps a file, as it is now."""
        self.drain()
        with faults_named(self._place):
            self._client.log_artifact(self.run_id, str(path))

    def winner(self, field: Field, prompt: Prompt, score: Score) -> None:
        """Registers the prompt that was chosen for a field; the alias is the label. The same text is no new version."""
        self._put(lambda: self._register(field, prompt, score))

    def drain(self) -> None:
        """Waits until all that was told is written.

        Raises:
            PromptfitError: MLflow could not write.
        """
        with faults_named(self._place):
            self._writer.drain()

    def close(self, status: str) -> None:
        """Writes what is left, and ends the run."""
        # a run that failed has an error of its own to show
        with faults_named(self._place) if status == "FINISHED" else suppress(Exception):
            self._writer.close()
            self._client.set_terminated(self.run_id, status)

    def _take_over(self) -> None:
        """Learns what an earlier process wrote of this run before it was killed, and writes what it owes."""
        for child in children(self._client, self._experiment, self.run_id):
            if child.info.status == "FINISHED":
                digest = child.data.tags.get("promptfit.trial", "")
                self._trials[digest] = child.info.run_id
                self._samples[digest] = child.data.metrics.get("samples", 0)
            else:  # the process that wrote it is gone; the trial comes again
                self._client.set_terminated(child.info.run_id, "KILLED")
                self._client.delete_run(child.info.run_id)
        run = self._client.get_run(self.run_id)
        for name in run.data.metrics:
            history = self._client.get_metric_history(self.run_id, name)
            self._figures |= {(name, one.step, one.value) for one in history}
        if not run.inputs.dataset_inputs:
            self._describe(self.run_id, {} if run.data.params else self._params, "run")

    def _put(self, job: Job) -> None:
        with faults_named(self._place):
            self._writer.put(job)

    def _write_trial(self, trial: Trial, split: str) -> None:
        digest = prompt_digest(trial.field.name, trial.prompt.text, split)
        predictions = _table(logged.PREDICTIONS, logged.predictions(trial.scored))
        if digest in self._trials:
            if self._samples[digest] < trial.score.samples:
                self._client.log_dict(self._trials[digest], predictions, "predictions.json")
                # last: a kill in between leaves it to be written again
                self._log_figures(self._trials[digest], logged.figures(trial))
                self._samples[digest] = trial.score.samples
            return
        run_id = self._child(f"{trial.field.name} {split or trial.iteration}: {trial.prompt.text[:60]}", digest)
        parent = trial.prompt.text if split else trial.prompt.parent
        parent_trial = self._trials.get(prompt_digest(trial.field.name, parent), "") if parent else ""
        described = {**self._params, **logged.params(trial, parent_trial), **({"split": split} if split else {})}
        self._describe(run_id, described, split or "search", logged.figures(trial))
        self._client.log_text(run_id, trial.prompt.text, "prompt.txt")
        self._finish(run_id, digest, predictions)
        self._samples[digest] = trial.score.samples

    def _write_condition(
        self, augmentation: str, severity: int, metrics: Mapping[str, float], scored: Sequence[Scored]
    ) -> None:
        digest = condition_digest(augmentation, severity)
        if digest in self._trials:
            return
        run_id = self._child(f"{augmentation} {severity}", digest)
        described = {**self._params, "augmentation": augmentation, "severity": severity}
        self._describe(run_id, described, "study", metrics)
        self._finish(run_id, digest, _table(logged.NAMED, logged.named(scored)))

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
        if self._data:
            used = Dataset(self._data.name, self._data.digest[:36], "local", self._data.source)
            self._client.log_inputs(run_id, [DatasetInput(used, [InputTag("mlflow.data.context", context)])])

    def _log_figures(self, run_id: str, figures: Mapping[str, float], params: Sequence[Any] = ()) -> None:
        from mlflow.entities import Metric

        self._client.log_batch(run_id, [Metric(key, float(v), _now(), 0) for key, v in figures.items()], params)

    def _write_metrics(self, values: Mapping[str, float], step: int, time_ms: int) -> None:
        from mlflow.entities import Metric

        new = {(key, step, float(value)) for key, value in values.items()} - self._figures
        self._client.log_batch(self.run_id, [Metric(key, value, time_ms, step) for key, step, value in sorted(new)])

    def _write_table(self, name: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
        self._tables = list(dict.fromkeys([*self._tables, name]))
        self._client.log_dict(self.run_id, _table(columns, rows), f"{name}.json")
        for tag, value in _tables_tag(*self._tables).items():
            self._client.set_tag(self.run_id, tag, value)

    def _register(self, field: Field, prompt: Prompt, score: Score) -> None:
        answerer, label = str(self._params.get("answerer", "answerer")), str(self._params.get("label", "chosen"))
        plain = answerer if re.fullmatch("[A-Za-z0-9._-]+", answerer) else slug(answerer)
        name, alias = f"{plain}.{slug(field.name)}", re.sub("[^A-Za-z0-9_-]", "-", label)
        tags = {"answerer": answerer, "label": label, "field": field.name, "promptfit.run": self.run_id}
        note = f"{label}: CER {score.cer:.4f} on {score.documents} documents"
        with lock():  # jobs that make the same prompt, or its next version, trip over each other
            kept = None
            with suppress(Exception):  # "no such prompt" and "no such alias" have no class of their own
                kept = self._client.get_prompt_version_by_alias(name, alias)
            if kept is None or kept.template != prompt.text:
                kept = self._own_version(name, prompt.text) or self._client.register_prompt(
                    name, prompt.text, commit_message=note, tags=tags
                )
                self._client.set_prompt_alias(name, alias, kept.version)

    def _own_version(self, name: str, text: str) -> Any:
        """The version that this run registered before it was killed, if it did."""
        with suppress(Exception):  # as above
            for kept in self._client.search_prompt_versions(name):
                if kept.template == text and kept.tags.get("promptfit.run") == self.run_id:
                    return kept
        return None


def _table(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> dict[str, list[Any]]:
    """What ``mlflow.log_table`` writes; that would append to a table that is there, and takes three times as long."""
    return {"columns": list(columns), "data": [[logged.cell(one) for one in row] for row in rows]}


def _tables_tag(*names: str) -> dict[str, str]:
    """The tag by which MLflow's pages find a run's tables."""
    return {"mlflow.loggedArtifacts": json.dumps([{"path": f"{name}.json", "type": "table"} for name in names])}


def _now() -> int:
    return int(time.time() * 1000)
