"""A comparison as a console and a report show it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rich.table import Table
from rich.text import Text

from promptfit.commands.shared import tables
from promptfit.data.comparison import SPENT, Comparison

TITLES = {
    "requests": "requests",
    "calls": "generator calls",
    "tokens_in": "tokens in",
    "tokens_out": "tokens out",
    "cost": "money",
    "seconds": "generator seconds",
}

Cells = list[tuple[str, bool]]
"""A text a label, and whether it is the best of the row."""


def sections(found: Comparison) -> Iterator[list[tuple[str, Cells]]]:
    """The fields, the mean, and what was spent, as rows of a name and its cells."""
    yield [(field, _cers(found, field)) for field in found.fields]
    yield [("mean", _means(found))]
    sums = [column.spent(found.fields) for column in found.columns]
    yield [
        (TITLES[name], [("-" if one is None else _figure(name, one[name]), False) for one in sums]) for name in SPENT
    ]


def table(found: Comparison) -> Table:
    """For the console; the best of a row has a star."""
    labels = (column.label for column in found.columns)
    shown = tables.headed(f"{found.answerer}: CER on the holdout (* the lowest)", "field", *labels)
    for section in sections(found):
        for name, cells in section:
            shown.add_row(name, *(Text(f"{cell} *", "bold") if best else cell for cell, best in cells))
        shown.add_section()
    return shown


def markdown(found: Comparison) -> str:
    """For a report; the best of a row is bold."""
    labels = [plain(column.label) for column in found.columns]
    lines = [f"# {plain(found.answerer)}: CER on the holdout", "", row(["field", *labels])]
    lines.append(row(["---", *["---:" for _ in labels]]))
    for name, cells in (row for section in sections(found) for row in section):
        lines.append(row([plain(name), *(f"**{cell}**" if best else cell for cell, best in cells)]))
    notes = [*wins(found), *(f"Careful: {warning}" for warning in found.warnings())]
    return "\n".join([*lines, "", *(f"- {plain(note)}" for note in notes)]) + "\n"


def wins(found: Comparison) -> list[str]:
    """A line a label: in how many fields it is best, and in which."""
    lines = []
    for column in found.columns:
        won = found.won(column.label)
        shared = sum(len(found.best(field)) > 1 for field in won)
        said = f"best in {len(won)} of {len(found.fields)} fields" + (f" ({shared} shared)" if shared else "")
        lines.append(f"{column.label}: {said}" + (f": {', '.join(won)}" if won else ""))
    return lines


def _cers(found: Comparison, field: str) -> Cells:
    best = found.best(field)
    cers = [(column.label, column.cer(field)) for column in found.columns]
    return [("-" if cer is None else f"{cer:.4f}", label in best) for label, cer in cers]


def _means(found: Comparison) -> Cells:
    """A mean over some of the fields says over how many."""
    best, every = found.best_mean(), len(found.fields)
    cells: Cells = []
    for column in found.columns:
        cer, fields = found.mean(column) or (None, every)
        share = "" if fields == every else f" ({fields} of {every})"
        cells.append(("-" if cer is None else f"{cer:.4f}{share}", column.label in best))
    return cells


def _figure(name: str, value: float) -> str:
    return f"{value:.4f}" if name == "cost" else f"{value:,.0f}"


def row(cells: Iterable[str]) -> str:
    """A row of a Markdown table."""
    return f"| {' | '.join(cells)} |"


def plain(text: str) -> str:
    """A text of which Markdown makes nothing."""
    return "".join("\\" + mark if mark in r"\|*_`<[]#" else " " if mark in "\r\n" else mark for mark in text)
