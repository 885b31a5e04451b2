"""What of a trial becomes metrics, params and a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from promptfit.support.enumerated import start
from promptfit.types import Scored, Trial

PARAM_LIMIT = 500
"""Characters of a prompt that stand as a param (MLflow refuses more than 6,000); the artifact holds all of it."""

CELL_LIMIT = 10_000
"""Characters of a text in a table: MLflow's pages hold a whole table, and a browser hangs on a million."""

PREDICTIONS = ("image", "document", "expected", "answer", "edits", "raw")
NAMED = ("field", *PREDICTIONS)


@dataclass(frozen=True, slots=True)
class DataUsed:
    """The data set of a run, as MLflow lists it under the run's inputs."""

    name: str
    digest: str
    source: str = ""


def figures(trial: Trial) -> dict[str, float]:
    """The trial's metrics; seconds, tokens and cost are those of its answers, kept ones included.

    ``cut_off`` and ``unread`` are shares: of answers that ended at the limit, and of those that held no value.
    """
    score, answers = trial.score, [scored.answer for scored in trial.scored]
    return {
        **score.values,
        **{f"{name}_low": ends.low for name, ends in score.intervals.items()},
        **{f"{name}_high": ends.high for name, ends in score.intervals.items()},
        "samples": score.samples,
        "documents": score.documents,
        "finished": float(trial.finished),
        "requests": trial.requests,
        "tokens_in": sum(answer.tokens_in for answer in answers),
        "tokens_out": sum(answer.tokens_out for answer in answers),
        "cost": sum(answer.cost for answer in answers),
        "seconds": sum(answer.seconds for answer in answers),
        "cut_off": sum(answer.ended == "length" for answer in answers) / max(1, len(answers)),
        "unread": sum(bool(scored.reading.fault) for scored in trial.scored) / max(1, len(answers)),
    }


def params(trial: Trial) -> dict[str, object]:
    """The trial's own params."""
    return {
        "field": trial.field.name,
        "iteration": trial.iteration,
        "origin": trial.prompt.origin,
        "prompt": trial.prompt.text,
    }


def predictions(scored: Sequence[Scored]) -> list[list[object]]:
    """The rows of the table that MLflow's evaluation view lays side by side; ``PREDICTIONS`` are its columns.

    The raw answer stands at the end where it is not what was read in it. A record has a row a field, see ``named``.
    """
    return [
        [one.sample.image.name, one.sample.document, one.expected, one.reading.value, one.counts.edits, one.raw]
        for whole in scored
        for one in whole.fields
    ]


def named(scored: Sequence[Scored]) -> list[list[object]]:
    """The same of several fields; ``NAMED`` are its columns."""
    fields = [part for one in scored for part in one.fields]
    return [[one.sample.field.name, *row] for one, row in zip(fields, predictions(scored), strict=True)]


def cell(value: object) -> object:
    """A table's cell; of a runaway answer only the start."""
    return start(value, CELL_LIMIT) if isinstance(value, str) else value


def cut(text: str) -> str:
    """The text as it fits into a param."""
    return text if len(text) <= PARAM_LIMIT else text[: PARAM_LIMIT - 1] + "…"
