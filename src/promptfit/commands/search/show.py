"""A search as the console shows it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.table import Table

from promptfit.commands.shared import tables
from promptfit.data.grouping import by_field
from promptfit.score.metrics import means, measured
from promptfit.search.search_run import SearchResult
from promptfit.types import Sample


def asked_about(splits: Mapping[str, Sequence[Sample]], title: str) -> Table:
    """Field by field: how many documents there are to search on, and in the holdout."""
    shown = tables.headed(title, "field", *(f"documents: {part}" for part in splits), "images")
    own = {part: by_field(samples) for part, samples in splits.items()}
    for field in sorted({field for fields in own.values() for field in fields}):
        parts = [fields.get(field, ()) for fields in own.values()]
        documents = [str(len({one.document for one in samples})) for samples in parts]
        shown.add_row(field.name, *documents, str(len({one.image for samples in parts for one in samples})))
    return shown


def found(result: SearchResult, title: str) -> Table:
    """Field by field: the prompt that was found and what it is worth."""
    metrics = measured(result.metric)[::-1]  # what the search was for, then the CER
    heads = [head for one in metrics for head in (f"{one.title} on holdout (95 %)", f"{one.title} on search")]
    shown = tables.headed(title, "field", "prompt", *heads, "documents", "prompts", "requests")
    for one in result.fields:
        asked = f"{one.documents} of {one.of}" if one.documents < one.of else str(one.of)
        figures = [cell for m in metrics for cell in (tables.told(one.holdout, m), m.told(one.search.values))]
        shown.add_row(one.field.name, one.prompt.text, *figures, asked, str(one.proposed), str(one.requests))
    shown.caption = tables.caution([one.holdout for one in result.fields if one.holdout])
    parts = [one.holdout for one in result.fields if one.holdout], [one.search for one in result.fields]
    macro = [metric.told(means(scores)) for metric in metrics for scores in parts]
    shown.add_section()
    shown.add_row("mean", "", *macro, "", str(sum(one.proposed for one in result.fields)), str(result.requests))
    return shown
