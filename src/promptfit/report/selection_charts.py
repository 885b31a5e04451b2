"""The charts of a selection, from its record alone: how sure the CERs are, who is good where, how the race went."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from promptfit.report.charts import BEST, FAINT, INK, bare, cer_scale, plain, save, sheet
from promptfit.report.race_chart import race
from promptfit.select.selection_record import FieldSelection, Figures, SelectionRecord

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SECOND = "#56a3d9"
FILES = ("forest.png", "heat.png", "race.png")


def write(folder: Path, record: SelectionRecord) -> list[Path]:
    """Draws all charts into a folder.

    Returns:
        The files, in the order of ``FILES``.
    """
    drawn = (forest(record), heat(record), race(record))
    return [save(figure, folder / name) for name, figure in zip(FILES, drawn, strict=True)]


def forest(record: SelectionRecord) -> Figure:
    """Each field's winner on `test` with its interval; beside it the winner and the runner-up on `select`."""
    fields = record.fields
    figure, (axes,) = sheet(9.5, 1.6 + 0.42 * (len(fields) + bool(record.test)))
    highest = [0.0]
    for row, one in enumerate(fields):
        rival = one.candidates[one.runner_up] if one.runner_up is not None else None
        if rival and rival.finished:  # a dropped one saw other documents
            _point(axes, row + 0.24, rival.select, FAINT, "s", 4, highest)
        _point(axes, row, one.best.select, SECOND, "o", 4, highest)
        if one.test:
            _point(axes, row - 0.24, one.test, INK, "o", 6, highest)
    if record.test:
        axes.axhline(len(fields) - 0.5, color=FAINT, lw=0.8)
        _point(axes, len(fields), record.test[0], BEST, "D", 5, highest)
    names = [plain(one.field) for one in fields] + (["macro mean on test"] if record.test else [])
    axes.set_yticks(range(len(names)), names)
    axes.set_ylim(len(names) - 0.4, -0.6)
    cer_scale(axes, "x", max(highest))
    axes.grid(axis="x", color="#e6e6e6", lw=0.7)
    axes.set_axisbelow(True)
    axes.set_xlabel(
        "CER (95 %), square-root scale. Dotted: no error, the bound is on the share of erring documents", size=9
    )
    axes.set_title(f"{plain(record.answerer)} on {plain(record.dataset)}: the best prompt of each field", loc="left")
    _key(figure, {"winner on test": (INK, "o"), "winner on select": (SECOND, "o"), "runner-up on select": (FAINT, "s")})
    bare(axes)
    return figure


def heat(record: SelectionRecord) -> Figure:
    """Labels x fields: the CER of each label's prompt on `select`; the winner has a frame."""
    from matplotlib.colors import PowerNorm

    labels, fields = list(record.labels), record.fields
    width = 3.4 + 1.05 * len(labels)
    figure, (axes,) = sheet(max(5.5, width), 1.7 + 0.36 * len(fields))
    cells = [[_cell(one, label) for label in labels] for one in fields]
    values = [[math.nan if cell is None else min(cell[0], 1.0) for cell in row] for row in cells]
    shown = axes.imshow(values, cmap="YlOrRd", norm=PowerNorm(0.5, 0, 1), aspect="auto")
    for row, one in enumerate(fields):
        for column, label in enumerate(labels):
            cell, best = cells[row][column], label in one.best.labels
            text = "–" if cell is None else f"{'~' if cell[1] else ''}{cell[0]:.3f}"
            dark = cell is not None and cell[0] > 0.3
            weight = "bold" if best else "normal"
            axes.text(
                column, row, text, ha="center", va="center", color="white" if dark else INK, weight=weight, size=9
            )
            if best:
                _frame(axes, row, column)
    axes.set_xticks(range(len(labels)), [plain(label, 22) for label in labels], rotation=30, ha="left")
    axes.tick_params(top=True, bottom=False, labeltop=True, labelbottom=False, length=0)
    axes.set_yticks(range(len(fields)), [plain(one.field) for one in fields])
    figure.colorbar(shown, ax=axes, label="CER on select (1 and above: darkest)", shrink=0.8, pad=0.02)
    figure.suptitle(f"{plain(record.answerer)}: prompts by label (frame: chosen; ~ dropped by the race)", size=11)
    for side in axes.spines.values():
        side.set_visible(False)
    return figure


def _cell(one: FieldSelection, label: str) -> tuple[float, bool] | None:
    """The CER of the label's prompt, and whether the race dropped it."""
    found = next((candidate for candidate in one.candidates if label in candidate.labels), None)
    return None if found is None else (found.select.cer, not found.finished)


def _frame(axes: Axes, row: int, column: int) -> None:
    from matplotlib.patches import Rectangle

    axes.add_patch(Rectangle((column - 0.46, row - 0.44), 0.92, 0.88, fill=False, ec=BEST, lw=2))


def _point(axes: Axes, row: float, one: Figures, ink: str, marker: str, size: float, highest: list[float]) -> None:
    """A CER with its interval; ``highest`` takes what has to fit into the chart."""
    if one.low is not None and one.high is not None:
        axes.plot([one.low, one.high], [row, row], color=ink, lw=1.6, ls=":" if one.interval == "exact" else "-")
        highest.append(one.high)
    axes.plot([one.cer], [row], marker=marker, ms=size, color=ink, ls="none", clip_on=False, zorder=3)
    highest.append(one.cer)


def _key(figure: Figure, entries: Mapping[str, tuple[str, str]]) -> None:
    from matplotlib.lines import Line2D

    handles = [
        Line2D([], [], color=ink, marker=mark, ls="-", ms=5, label=name) for name, (ink, mark) in entries.items()
    ]
    figure.legend(handles=handles, loc="outside lower center", ncols=3, frameon=False)
