"""What stages tell the person, on standard output."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from promptfit.commands.shared.cer_text import cer_text
from promptfit.score.intervals import CAUTION, FEW_DOCUMENTS
from promptfit.search.search_run import SearchResult
from promptfit.types import Score, Scored, Trial

RAW = 300
"""Characters of a raw answer that are shown beside what was read in it."""


def console() -> Console:
    """Standard output; where that is no terminal, wide enough that prompts are not cut to pieces."""
    width = shutil.get_terminal_size((0, 0)).columns
    return Console(width=None if os.isatty(1) and width else 160, highlight=False)


def say(*lines: str) -> None:
    """Prints lines as they are."""
    for line in lines:
        console().print(line, markup=False, soft_wrap=True)


def search_table(result: SearchResult, title: str) -> Table:
    """Field by field: the prompt that was found and what it is worth."""
    table = _table(
        title, "field", "prompt", "CER on holdout (95 %)", "CER on search", "documents", "prompts", "requests"
    )
    for one in result.fields:
        asked = f"{one.documents} of {one.of}" if one.documents < one.of else str(one.of)
        figures = (cer_text(one.holdout), f"{one.search.cer:.4f}", asked, str(one.proposed), str(one.requests))
        table.add_row(one.field.name, Text(one.prompt.text), *figures)
    table.caption = _caution([one.holdout for one in result.fields if one.holdout])
    held = [one.holdout.cer for one in result.fields if one.holdout]
    searched = [one.search.cer for one in result.fields]
    macro = [f"{sum(values) / len(values):.4f}" if values else "-" for values in (held, searched)]
    table.add_section()
    table.add_row("mean", "", *macro, "", str(sum(one.proposed for one in result.fields)), str(result.requests))
    return table


def trials_table(trials: Sequence[Trial], title: str) -> Table:
    """One measured prompt a field."""
    table = _table(title, "field", "prompt", "CER (95 %)", "exact", "documents")
    for trial in trials:
        score = trial.score
        table.add_row(
            trial.field.name, Text(trial.prompt.text), cer_text(score), f"{score.exact:.0%}", str(score.documents)
        )
    table.caption = _caution([trial.score for trial in trials])
    if len(trials) > 1:
        table.add_section()
        table.add_row("mean", "", f"{sum(trial.score.cer for trial in trials) / len(trials):.4f}", "", "")
    return table


def worst_table(trials: Sequence[Trial], count: int) -> Table:
    """The answers with the most edits for their length."""
    table = _table("The worst answers", "field", "image", "expected", "answered", "edits")
    scored = [one for trial in trials for one in trial.scored if one.counts.edits]
    for one in sorted(scored, key=_badness, reverse=True)[:count]:
        shown = (Text(one.sample.answer), _answer(one), str(one.counts.edits))
        table.add_row(one.sample.field.name, one.sample.image.name, *shown)
    return table


def _answer(one: Scored) -> Text:
    """What was read, with the raw answer under it where it is more."""
    return Text(one.reading.value) + (Text(f"\nraw: {one.raw[:RAW]}", "dim") if one.raw else Text())


def shown(path: Path) -> str:
    """The path as short as it can be said from here."""
    return os.path.relpath(path) if path.is_relative_to(Path.cwd()) else str(path)


def _badness(one: Scored) -> float:
    return one.counts.edits / max(1, one.counts.chars)


def _caution(scores: Sequence[Score]) -> str | None:
    """What to say under intervals that rest on few documents."""
    few = any(score.documents < FEW_DOCUMENTS for score in scores)
    return CAUTION if few else None


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left")
    for column in columns:
        table.add_column(column, overflow="fold")
    return table
