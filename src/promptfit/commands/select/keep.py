"""A selection as files and as a run."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from promptfit.data import collection
from promptfit.data.collection import Row
from promptfit.data.reader import Dataset
from promptfit.report import selection_charts
from promptfit.select import selection_file, vlmhyperbench
from promptfit.select.selection import Selection
from promptfit.select.selection_record import SelectionRecord
from promptfit.tracking import logged
from promptfit.tracking.slug import slug
from promptfit.types import Recorder

FIELDS = ("field", "prompt", "labels", "cer_test", "low", "high", "cer_select", "cer_stage1", "p_adjusted", "settled")


def write(folder: Path, data: Dataset, found: Selection, record: SelectionRecord) -> list[Path]:
    """Writes the best collection, the record, the charts and the tables for VLMHyperBench, in this order.

    Returns:
        The files.
    """
    best, saved = folder / f"{record.answerer}_best.csv", folder / "selection.json"
    folder.mkdir(parents=True, exist_ok=True)
    rows = [Row(one.field, one.best.prompt, one.test.cer if one.test else None) for one in record.fields]
    collection.write(best, rows)
    selection_file.write(saved, record)
    charts = selection_charts.write(folder, record)
    answers = [one for trial in found.test.values() for whole in trial.scored for one in whole.fields]
    return [best, saved, *charts, *(vlmhyperbench.write(folder / "vlmhyperbench", data, answers) if answers else [])]


def keep(run: Recorder, found: Selection, record: SelectionRecord, files: Sequence[Path]) -> None:
    """Hands a selection to the run: a trial a candidate, the winners, the figures, the answers on `test`."""
    for field, choice in found.choices.items():
        trials = found.trials(field)
        for trial in trials:
            run.trial(trial)
        tested = found.test.get(field)
        run.winner(field, trials[choice.winner].prompt, tested.score if tested else choice.score)
    run.metrics({**record.metrics, **{f"cer_test/{slug(name)}": cer for name, cer in record.cer_test.items()}})
    run.table("fields", FIELDS, [_row(record, place) for place in range(len(record.fields))])
    run.table("test", logged.NAMED, logged.named([one for trial in found.test.values() for one in trial.scored]))
    for path in files:
        run.artifact(path)


def _row(record: SelectionRecord, place: int) -> list[object]:
    one = record.fields[place]
    test = [one.test.cer, one.test.low, one.test.high] if one.test else [None, None, None]
    told = [one.best.select.cer, one.best.cer_stage1, one.p_adjusted, one.settled]
    return [one.field, one.best.prompt, ", ".join(one.best.labels), *test, *told]
