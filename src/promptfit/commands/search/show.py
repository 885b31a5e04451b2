"""A search as the console shows it."""

from __future__ import annotations

from rich.table import Table
from rich.text import Text

from promptfit.commands.shared import tables
from promptfit.commands.shared.cer_text import cer_text
from promptfit.search.search_run import SearchResult


def found(result: SearchResult, title: str) -> Table:
    """Field by field: the prompt that was found and what it is worth."""
    shown = tables.headed(
        title, "field", "prompt", "CER on holdout (95 %)", "CER on search", "documents", "prompts", "requests"
    )
    for one in result.fields:
        asked = f"{one.documents} of {one.of}" if one.documents < one.of else str(one.of)
        figures = (cer_text(one.holdout), f"{one.search.cer:.4f}", asked, str(one.proposed), str(one.requests))
        shown.add_row(one.field.name, Text(one.prompt.text), *figures)
    shown.caption = tables.caution([one.holdout for one in result.fields if one.holdout])
    held = [one.holdout.cer for one in result.fields if one.holdout]
    searched = [one.search.cer for one in result.fields]
    macro = [f"{sum(values) / len(values):.4f}" if values else "-" for values in (held, searched)]
    shown.add_section()
    shown.add_row("mean", "", *macro, "", str(sum(one.proposed for one in result.fields)), str(result.requests))
    return shown
