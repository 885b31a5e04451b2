"""A leaderboard as a console, a report and a spreadsheet show it."""

from __future__ import annotations

from rich.table import Table

from promptfit.commands.compare.show import plain, row
from promptfit.commands.shared import tables
from promptfit.commands.shared.cer_text import cer_text
from promptfit.score.metrics import beside
from promptfit.select.leaderboard import Leaderboard, of_type
from promptfit.select.selection_record import Figures

TITLE = "Answerers by the macro CER of their best prompts on test (95 %)"


def table(found: Leaderboard) -> Table:
    """For the console."""
    shown = tables.headed(TITLE, *_headings(found))
    for line in _lines(found):
        shown.add_row(*line)
    return shown


def markdown(found: Leaderboard) -> str:
    """For a report."""
    headings = [plain(heading) for heading in _headings(found)]
    lines = [f"# {TITLE}", "", row(headings), row(["---:", "---", *["---:"] * (len(headings) - 2)])]
    lines += [row(map(plain, line)) for line in _lines(found)]
    notes = [f"- Careful: {plain(warning)}" for warning in found.warnings()]
    return "\n".join([*lines, "", *notes]).rstrip() + "\n"


def columns(found: Leaderboard) -> list[str]:
    """The CSV's columns."""
    types = [f"cer {name}" for name in found.types]
    figures = ["macro_cer", "low", "high", *(metric.name for metric in beside())]
    return ["rank", "answerer", *figures, *types, "fields", "settled", "dataset", "data_digest"]


def cells(found: Leaderboard) -> tuple[list[str], list[list[str]]]:
    """The CSV's columns and rows."""
    rows = []
    for place, record in enumerate(found.records, start=1):
        one = record.test[0] if record.test else None
        ends = [one.cer, one.low, one.high] if one else [None] * 3
        figures = [*ends, *(one.values.get(metric.name) if one else None for metric in beside())]
        types = [of_type(record, name) for name in found.types]
        told = [str(len(record.fields)), str(sum(field.settled for field in record.fields))]
        rows.append(
            [
                str(place) if one else "",
                record.answerer,
                *map(_four, figures),
                *(_four(kind.cer if kind else None) for kind in types),
                *told,
                record.dataset,
                record.data_digest,
            ]
        )
    return columns(found), rows


def _headings(found: Leaderboard) -> list[str]:
    others = [metric.title for metric in beside(values=found.values)]
    return ["", "answerer", "macro CER (95 %)", *others, *found.types, "fields", "data"]


def _lines(found: Leaderboard) -> list[list[str]]:
    lines = []
    for place, record in enumerate(found.records, start=1):
        one = record.test[0] if record.test else None
        figures = [metric.told(one.values if one else {}) for metric in beside(values=found.values)]
        types = [of_type(record, name) for name in found.types]
        data = f"{record.dataset} {record.data_digest[:8]}"
        rank = str(place) if one else "-"
        lines.append([rank, record.answerer, _cer(one), *figures, *map(_cer, types), str(len(record.fields)), data])
    return lines


def _cer(one: Figures | None) -> str:
    return f"{one.cer:.4f}" if one and one.interval == "exact" else cer_text(one, ".4f")


def _four(value: float | None) -> str:
    return "" if value is None else f"{value:.4f}"
