"""The prompts that a collection has already: a search keeps those that are better than what it found."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from promptfit.answer.answerer import Answerer
from promptfit.data import collection
from promptfit.data.collection import Row
from promptfit.data.grouping import by_field
from promptfit.evaluate.ask import measure
from promptfit.evaluate.obtained import Obtained
from promptfit.evaluate.scoring import Scoring
from promptfit.score.metrics import Metric
from promptfit.search.leaks import guard_of
from promptfit.search.search_run import FieldResult, SearchResult
from promptfit.types import Field, Prompt, Sample, Score, Trial

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class KeptRow:
    """A prompt that stays in its collection, since it is better on the very documents of the search."""

    row: Row
    """With the CER of the same holdout as the search's winners."""
    search: Score
    holdout: Trial | None
    found: FieldResult
    """What it was held against."""
    metric: Metric
    """In what it is better."""

    def __str__(self) -> str:
        kept, found = (self.metric.told(one.values) for one in (self.search, self.found.search))
        return (
            f"{self.row.field}: kept {self.row.prompt!r} ({self.metric.title} {kept} on the same search documents), "
            f"the search found {self.found.prompt.text!r} ({found})"
        )


def better(
    path: Path,
    result: SearchResult,
    holdout: Sequence[Sample],
    answerer: Answerer,
    scoring: Scoring,
    seed: int = 0,
    system: str = "",
    obtained: Obtained | None = None,
) -> dict[Field, KeptRow]:
    """Measures the collection's prompts on what each field was searched on; most of these answers are kept from before.

    Args:
        path: The collection's file; it may not be there.
        result: What the search found.
        holdout: The holdout's samples.
        answerer: The VLM under test.
        scoring: How answers are read and compared.
        seed: Seed of the intervals.
        system: The configuration's system prompt.
        obtained: Keeps the books.

    Returns:
        Those that are better than what was found, by the search's objective, and were answered of all documents.
    """
    rows = {row.name: row for row in collection.read(path)} if path.is_file() else {}
    there = {one.field: one for one in result.fields if _other(path, rows.get(one.field.name), one)}
    prompts = {field: Prompt(rows[field.name].prompt, "collection") for field in there}
    seen = {field: [one.sample for one in found.winner.scored] for field, found in there.items()}
    metric, rank = result.metric, result.metric.rank
    how, books = (answerer, scoring, seed, system), obtained or Obtained()
    searched = {one.field: one for one in measure(prompts, seen, *how, metric=metric, obtained=books)}
    ahead = {
        field: prompts[field]
        for field, trial in searched.items()
        if len(trial.scored) == len(seen[field]) and rank(trial.score) < rank(there[field].search)
    }
    rest = by_field(holdout)
    held = {one.field: one for one in measure(ahead, rest, *how, metric=metric, obtained=books)}
    return {
        field: KeptRow(
            Row(field.name, prompt.text, held[field].score.cer if field in held else None),
            searched[field].score,
            held.get(field),
            there[field],
            result.metric,
        )
        for field, prompt in ahead.items()
    }


def _other(path: Path, row: Row | None, found: FieldResult) -> bool:
    """Whether the row has a prompt to hold against what was found: one that says no true answer."""
    if row is None or row.prompt == found.prompt.text:
        return False
    leak = guard_of(found.field, [one.sample for one in found.winner.scored]).leak(row.prompt)
    if leak:
        log.warning("%s: the prompt of %s has a true answer in it, %r; it is replaced", path, found.field.name, leak)
    return not leak
