"""How a selection's race went, field by field."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

from promptfit.report.charts import bare, cer_scale, colour, plain, sheet
from promptfit.select.selection_record import FieldSelection, SelectionRecord

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

COLUMNS = 4


def race(record: SelectionRecord) -> Figure:
    """The CER of every candidate over the documents that it saw; a dropped one ends with a cross."""
    from matplotlib.lines import Line2D

    fields = record.fields
    columns = min(COLUMNS, len(fields))
    rows = ceil(len(fields) / columns)
    figure, panels = sheet(max(6.0, 3.1 * columns), 1.1 + 2.1 * rows, rows, columns)
    for axes, one in zip(panels, fields, strict=False):
        _panel(axes, one, list(record.labels))
    for axes in panels[len(fields) :]:
        axes.set_visible(False)
    inks = [Line2D([], [], color=colour(record.labels, label), lw=2, label=plain(label, 30)) for label in record.labels]
    marks = [
        Line2D([], [], color="#555555", lw=3, label="chosen"),
        Line2D([], [], color="#555555", marker="x", ls="-", lw=1, label="dropped"),
    ]
    figure.legend(handles=[*inks, *marks], loc="outside lower center", ncols=min(6, len(inks) + 2), frameon=False)
    asked, full = sum(one.requests for one in fields), sum(one.full_requests for one in fields)
    figure.suptitle(f"{plain(record.answerer)}: the race asked {asked:,} of {full:,} requests ({asked / full:.0%})")
    figure.supylabel("CER over the documents so far (across), square-root scale", size=11)
    return figure


def _panel(axes: Axes, one: FieldSelection, labels: list[str]) -> None:
    top, above = _top(one), 0
    for place, candidate in enumerate(one.candidates):
        documents, cers = zip(*candidate.curve, strict=True)
        shown, chosen = [min(cer, top) for cer in cers], place == one.winner
        ink, width = colour(labels, candidate.labels[0]), 3.0 if chosen else 1.2
        axes.plot(documents, shown, color=ink, lw=width, zorder=3 if chosen else 2, alpha=0.95, clip_on=False)
        if not candidate.finished or len(documents) == 1:
            mark = "o" if candidate.finished else "x"
            axes.plot(documents[-1:], shown[-1:], color=ink, marker=mark, ms=6, clip_on=False, zorder=4)
        if cers[-1] > top:
            told = f"{cers[-1]:.2f}"
            axes.annotate(
                told, (documents[-1], top), (6 + 26 * above, -4), textcoords="offset points", size=8, color=ink
            )
            above += 1
    cer_scale(axes, "y", top)
    axes.set_xlim(0, max(candidate.documents for candidate in one.candidates) * 1.03)
    axes.set_title(f"{plain(one.field, 30)} ({one.requests / one.full_requests:.0%})", size=9, loc="left", pad=8)
    axes.tick_params(labelsize=8)
    axes.grid(color="#ececec", lw=0.6)
    bare(axes)


def _top(one: FieldSelection) -> float:
    """Up to where the panel goes: whoever was dropped far above would press the others flat, and is told in words."""
    finished = max(cer for candidate in one.candidates if candidate.finished for _, cer in candidate.curve)
    highest = max(cer for candidate in one.candidates for _, cer in candidate.curve)
    return min(highest, max(3 * finished, 0.02))
