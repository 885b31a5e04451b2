"""The Recorder that writes to MLflow, behind the loops' back: a trial takes some 40 ms."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from promptfit.score.aggregate import of_fields
from promptfit.score.metrics import CER
from promptfit.score.usable import is_usable
from promptfit.tracking import logged, waiting
from promptfit.tracking.aside import hand_over_aside
from promptfit.tracking.connect import faults_named
from promptfit.tracking.outbox import Outbox, log
from promptfit.tracking.place import Place
from promptfit.tracking.provenance import condition_digest, fingerprint, git_commit, prompt_digest
from promptfit.tracking.run_writer import Opening, RunWriter
from promptfit.tracking.slug import slug
from promptfit.types import Field, Prompt, Score, Scored, Trial

OVERDUE = 60.0
"""Seconds after which what waits is told: a process of its own should have handed it over by then."""


@contextmanager
def open_run(
    stage: str,
    config: Mapping[str, Any],
    params: Mapping[str, object],
    data: logged.DataUsed | None = None,
    name: str = "",
    stays: bool = True,
) -> Iterator[Run]:
    """Opens the parent run of a stage, and ends it as FINISHED, FAILED or (Ctrl-C) KILLED with all that was told.

    An unfinished run of the same configuration and data whose process is gone is taken over; trials that it
    finished are not written twice. What MLflow can't take waits until it is back, or for the next command.

    Args:
        stage: The experiment is ``promptfit/<stage>``.
        config: The resolved configuration; with the data's digest it says what is the same run, and its `tracking`
            where that is written.
        params: Params of the run and of each of its trials; prompts are registered under ``answerer`` and ``label``.
        data: What the run reads.
        name: How MLflow shows the run.
        stays: Whether nothing of the run may leave this machine: its data is private, or nobody says that it is not.

    Yields:
        The Recorder of this run.

    Raises:
        PromptfitError: MLflow can't be reached, refuses the run, or is elsewhere while the run's data must stay.
    """
    place, opening = Place(**config["tracking"]), _opening(stage, config, params, data, name, stays)
    writer = RunWriter(place, opening)
    try:
        with faults_named(place):
            opening.keep_private([place.address, place.registry])
            waiting.hand_over(place)
            writer.open()
    except BaseException:
        if writer.run_id:  # claimed, and nobody else would end it
            waiting.keep(place, replace(opening, run_id=writer.run_id), [_end("FAILED")])
        raise
    run = Run(writer, Outbox(writer, place))
    status = "FAILED"
    try:
        yield run
        status = "FINISHED"
    except KeyboardInterrupt:
        status = "KILLED"
        raise
    finally:
        try:
            run.close(status)
        finally:
            left = run.left
            if left and (folder := waiting.keep(place, replace(opening, run_id=writer.run_id), left)):
                told = "MLflow at %s: %d records of this run wait in %s; the next command writes them"
                log.warning(told, place, len(left), folder)


@contextmanager
def late_run(
    stage: str,
    config: Mapping[str, Any],
    params: Mapping[str, object],
    data: logged.DataUsed | None = None,
    name: str = "",
    stays: bool = True,
) -> Iterator[Run]:
    """As ``open_run``, where the work is done by now: nobody waits for MLflow, a process of its own comes to it."""
    place, opening = Place(**config["tracking"]), _opening(stage, config, params, data, name, stays)
    opening.keep_private([place.address, place.registry])
    if count := waiting.overdue(OVERDUE):
        log.warning("MLflow at %s has not taken %d earlier run(s) yet; `promptfit ui` says why", place, count)
    writer = RunWriter(place, opening)
    run = Run(writer, Outbox(writer, place, gathers=True))
    yield run
    run.close("FINISHED")
    waiting.keep(place, opening, run.left)
    hand_over_aside(place)


def _opening(
    stage: str,
    config: Mapping[str, Any],
    params: Mapping[str, object],
    data: logged.DataUsed | None,
    name: str,
    stays: bool,
) -> Opening:
    digest = data.digest if data else ""
    described = {**params, "data_digest": digest, "git_commit": git_commit()}
    return Opening(stage, fingerprint(config, digest), name, described, data, stays=stays)


class Run:
    """A Recorder over one MLflow run, made by ``open_run`` or ``late_run``."""

    def __init__(self, writer: RunWriter, outbox: Outbox) -> None:
        self._writer, self._outbox = writer, outbox

    @property
    def run_id(self) -> str:
        """MLflow's; empty in a late run, which has none yet."""
        return self._writer.run_id

    @property
    def left(self) -> list[Mapping[str, Any]]:
        """Records that are not written."""
        return self._outbox.left

    def trial(self, trial: Trial, split: str = "") -> None:
        """Keeps one trial with its prompt, metrics and sample predictions; one that has seen more since, anew.

        The measurement of a chosen prompt is a run of its own, with the ``split`` among its params; its
        ``parent_trial`` is the trial that it was chosen by.
        """
        field, text = trial.field.name, trial.prompt.text
        parent = text if split else trial.prompt.parent
        self._put(
            "trial",
            name=f"{field} {split or trial.iteration}: {text[:60]}",
            digest=prompt_digest(field, text, split),
            parent=prompt_digest(field, parent) if parent else "",
            split=split,
            prompt=text,
            params={**logged.params(trial), **({"split": split} if split else {})},
            figures={**logged.figures(trial), **_of_fields(trial)},
            predictions=_predictions(trial),
        )

    def condition(
        self,
        augmentation: str,
        severity: int,
        figures: Mapping[str, float],
        cers: Mapping[Field, float],
        scored: Sequence[Scored],
    ) -> None:
        """Keeps one condition of a study: its metrics, the CER of each field and the sample predictions."""
        self._put(
            "condition",
            name=f"{augmentation} {severity}",
            digest=condition_digest(augmentation, severity),
            params={"augmentation": augmentation, "severity": severity},
            figures={**figures, **{f"cer/{slug(field.name)}": cer for field, cer in cers.items()}},
            predictions=_table(logged.NAMED, logged.named(scored)),
        )

    def metrics(self, values: Mapping[str, float], step: int | None = None) -> None:
        """Keeps figures of the whole run."""
        figures = {name: float(value) for name, value in values.items()}
        self._put("metrics", values=figures, step=step or 0, time_ms=int(time.time() * 1000))

    def table(self, name: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
        """Keeps a table as an artifact ``<name>.json``; one of that name is replaced."""
        self._put("table", name=name, content=_table(columns, rows))

    def artifact(self, path: Path) -> None:
        """Keeps a file, as it is now."""
        self._put("artifact", path=str(path))
        self.drain()

    def winner(self, field: Field, prompt: Prompt, score: Score) -> None:
        """Registers the prompt that was chosen for a field, if it is of use; the alias is the label.

        The same text is no new version.
        """
        if not is_usable(score.cer):
            return
        told = f"CER {score.cer:.4f} on {score.documents} documents"
        self._put("winner", field=field.name, slugged=slug(field.name), text=prompt.text, told=told)

    def drain(self) -> None:
        """Waits until all that was told is written, or MLflow is away."""
        self._outbox.drain()

    def close(self, status: str) -> None:
        """Writes what is left, and ends the run."""
        self._outbox.put(_end(status))
        self._outbox.close()

    def _put(self, kind: str, **told: object) -> None:
        self._outbox.put({"kind": kind, **told})


def _end(status: str) -> dict[str, str]:
    return {"kind": "end", "status": status}


def _of_fields(trial: Trial) -> dict[str, float]:
    """The CER of each of a record's fields."""
    if not trial.field.is_record:
        return {}
    cers = {field: CER.of(one.counts for one in own) for field, own in of_fields(trial.scored).items()}
    return {f"cer/{slug(field.name)}": cer for field, cer in cers.items()}


def _predictions(trial: Trial) -> dict[str, list[Any]]:
    """A row an answer; of a record, a row a field."""
    if trial.field.is_record:
        return _table(logged.NAMED, logged.named(trial.scored))
    return _table(logged.PREDICTIONS, logged.predictions(trial.scored))


def _table(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> dict[str, list[Any]]:
    """What ``mlflow.log_table`` writes; that would append to a table that is there, and takes three times as long."""
    return {"columns": list(columns), "data": [[logged.cell(one) for one in row] for row in rows]}
