"""What stages tell the person, on standard output."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from promptfit.commands.shared.cer_text import bounded
from promptfit.score.intervals import CAUTION, FEW_DOCUMENTS
from promptfit.score.metrics import CER, Metric, beside, means
from promptfit.support.console.door import console as console
from promptfit.support.console.door import inert
from promptfit.support.console.door import say as say
from promptfit.types import Score, Scored, Trial

if TYPE_CHECKING:
    from promptfit.answer.cached_answerer import CachedAnswerer

RAW = 300
"""Characters of a raw answer that are shown beside what was read in it."""


def told(score: Score | None, metric: Metric = CER) -> str:
    """A metric with its interval, where the score has one."""
    if score is None:
        return "-"
    value, ends = metric.told(score.values), score.intervals.get(metric.name)
    if ends is None:
        return value
    return bounded(value, ends.kind, ends.low, ends.high, 1 - ends.low if metric.higher else ends.high)


def trials_table(trials: Sequence[Trial], title: str) -> Table:
    """One measured prompt a field."""
    others = beside(values=[trial.score.values for trial in trials])
    table = headed(title, "field", "prompt", "CER (95 %)", *(one.title for one in others), "documents")
    for trial in trials:
        score = trial.score
        figures = (told(score), *(one.told(score.values) for one in others), str(score.documents))
        table.add_row(trial.field.name, trial.prompt.text, *figures)
    table.caption = caution([trial.score for trial in trials])
    if len(trials) > 1:
        table.add_section()
        values = means([trial.score for trial in trials])
        table.add_row("mean", "", *(one.told(values) for one in (CER, *others)), "")
    return table


def worst_table(trials: Sequence[Trial], count: int) -> Table:
    """The answers with the most edits for their length."""
    table = headed("The worst answers", "field", "image", "expected", "answered", "edits")
    scored = [one for trial in trials for own in trial.scored for one in own.fields if one.counts.edits]
    for one in sorted(scored, key=_badness, reverse=True)[:count]:
        shown = (one.expected, _answer(one), str(one.counts.edits))
        table.add_row(one.sample.field.name, one.sample.image.name, *shown)
    return table


def _answer(one: Scored) -> Text:
    """What was read, or why there is nothing, with the raw answer under it where it is more."""
    told = Text(f"({one.reading.fault})", "italic") if one.reading.fault else Text(inert(one.reading.value))
    return told + (Text(f"\nraw: {inert(one.raw, RAW)}", "dim") if one.raw else Text())


def shown(path: Path) -> str:
    """The path as short as it can be said from here."""
    return os.path.relpath(path) if path.is_relative_to(Path.cwd()) else str(path)


def _badness(one: Scored) -> float:
    return one.counts.edits / max(1, one.counts.chars)


def caution(scores: Sequence[Score]) -> str | None:
    """What to say under intervals that rest on few documents."""
    few = any(score.documents < FEW_DOCUMENTS for score in scores)
    return CAUTION if few else None


def asked(answerer: CachedAnswerer, who: str = "") -> str:
    """What it took."""
    return f"asked {who and f'{who} '}{answerer.asked} new requests, {answerer.kept} were kept from before"


def headed(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left")
    for column in columns:
        table.add_column(column, overflow="fold")
    return table
