"""The chart of one call against many: what a plan costs against its error, document type by document type."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from promptfit.report.charts import BEST, FAINT, INK, bare, cer_scale, colour, plain, save, sheet
from promptfit.select.call_plans.calls_record import CallsRecord, TypeCalls

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

FILE = "calls.png"


def write(folder: Path, record: CallsRecord) -> Path:
    """Draws the chart into a folder."""
    return save(calls(record), folder / FILE)


def calls(record: CallsRecord) -> Figure:
    """Calls a document against the CER on `test`; plans that no other beats in both are joined by a line."""
    from matplotlib.ticker import MaxNLocator

    figure, (axes,) = sheet(8.5, 4.8)
    names = [one.doc_type for one in record.types]
    for one in record.types:
        _draw(axes, one, colour(names, one.doc_type))
    cer_scale(axes, "y", max(plan.cer_test for one in record.types for plan in one.plans))
    axes.set_xlim(left=0.5)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.grid(color="#e6e6e6", lw=0.7)
    axes.set_axisbelow(True)
    axes.set_xlabel("calls a document")
    axes.set_ylabel("CER on test, mean over fields (square-root scale)")
    axes.set_title(f"{plain(record.answerer)} on {plain(record.dataset)}: one call a document, or more", loc="left")
    axes.legend(frameon=False)
    bare(axes)
    return figure


def frontier(one: TypeCalls) -> list[tuple[float, float]]:
    """Calls and CER of the plans that no other plan beats in both, the fewest calls first."""
    points = sorted((plan.costs.calls / 1000, plan.cer_test) for plan in one.plans)
    kept: list[tuple[float, float]] = []
    for calls_, cer in points:
        if not kept or cer < kept[-1][1]:
            kept.append((calls_, cer))
    return kept


def _draw(axes: Axes, one: TypeCalls, ink: str) -> None:
    kept = frontier(one)
    end = max(plan.costs.calls for plan in one.plans) / 1000
    xs, ys = zip(*kept, (end, kept[-1][1]), strict=True)  # no more calls make it better
    axes.plot(xs, ys, color=ink, lw=1.6, label=plain(one.doc_type), drawstyle="steps-post", zorder=2)
    axes.scatter(
        [plan.costs.calls / 1000 for plan in one.plans],
        [plan.cer_test for plan in one.plans],
        s=22,
        facecolors="white",
        edgecolors=ink,
        zorder=3,
    )
    chosen = one.plans[one.chosen]
    axes.plot([chosen.costs.calls / 1000], [chosen.cer_test], "D", color=BEST, ms=7, mec=INK, zorder=4)
    for plan, word in ((one.plans[0], "record"), (one.plans[-1], "fields")):
        at = (plan.costs.calls / 1000, plan.cer_test)
        axes.annotate(word, at, xytext=(6, 6), textcoords="offset points", size=8, color=FAINT)
