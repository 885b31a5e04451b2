"""What a check says in the terminal."""

from __future__ import annotations

from promptfit.commands.shared import tables
from promptfit.study.checks.finding import KINDS, DatasetFindings
from promptfit.support.enumerated import shortened

LONGEST = 40
"""Characters of a true value."""


def show(found: DatasetFindings) -> None:
    """A row a kind, with its first one."""
    tables.say(*(f"note: {note}" for note in found.notes), error=True)
    title = f"{found.root.name}: {found.rows:,} rows, {found.images:,} images"
    table = tables.headed(title, "odd rows", "what", "the first", "")
    for kind, words in KINDS.items():
        if own := found.of(kind):
            first = own[0]
            shown = f"row {first.row}: {shortened(first.answer, LONGEST)}"
            table.add_row(f"{len({one.row for one in own}):,}", words, shown, first.said)
    if found.findings:
        tables.console().print(table)
    else:
        tables.say(f"{title}: nothing odd was found")
    if found.looked_up:
        tables.say(f"OCR has read {found.looked_up:,} page(s)")
