"""The comparison of strategies as rows, as a table and as a plot."""

from __future__ import annotations

import math
from pathlib import Path
from statistics import median

from benchmarks.curves import Curves, Interval, interval
from benchmarks.row import Row

GOAL = 0.5
EARLY = ("feedback", "edits")
"""Arms that should be as good as the plain packages with half of the requests."""


def rows(curves: Curves) -> list[Row]:
    """What each arm ends with, and how early ours are as good as the plain packages."""
    seeds = len(curves.finals(curves.arms[0]))
    found = []
    for arm in curves.arms:
        finals = curves.finals(arm)
        what = f"{arm}: macro CER on large with {curves.budget} requests a field, median of {seeds} seeds"
        found.append(Row(what, _with(median(finals), interval(finals)), "", True))
    for plain in (arm for arm in curves.arms if arm.startswith("plain")):
        for ours in EARLY:
            share, ends = curves.share(ours, plain)
            what = f"{ours} reaches the final CER of {plain} at this share of the requests"
            found.append(Row(what, _with(share, ends, 2), f"<= {GOAL}", share <= GOAL))
    return found


def write(curves: Curves, folder: Path) -> None:
    """Writes strategies.csv (every arm, seed and point), strategies.md and strategies.png."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = ["arm;seed;requests;cer"]
    for arm, seeds in curves.points.items():
        for seed, points in seeds.items():
            lines += [f"{arm};{seed};{at};{cer:.6f}" for at, cer in zip(curves.grid, points, strict=True)]
    (folder / "strategies.csv").write_text("\n".join(lines) + "\n", "utf-8")
    table = ["| what | measured | goal |", "|---|---|---|"]
    table += [f"| {row.what} | {row.measured} | {row.goal} |" for row in rows(curves)]
    (folder / "strategies.md").write_text("\n".join(table) + "\n", "utf-8")
    _plot(curves, folder / "strategies.png")


def _plot(curves: Curves, path: Path) -> None:
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(9, 5.5), layout="constrained")
    for arm in curves.arms:
        curve = curves.curve(arm)
        (line,) = axes.plot(
            curves.grid,
            [middle for middle, _ in curve],
            drawstyle="steps-post",
            linestyle="--" if arm.startswith("plain") else "-",
            label=arm,
        )
        low, high = zip(*(ends for _, ends in curve), strict=True)
        axes.fill_between(curves.grid, low, high, step="post", color=line.get_color(), alpha=0.12, linewidth=0)
    axes.set(yscale="log", xlabel="requests a field", ylabel="macro CER on large", xlim=(0, curves.budget))
    axes.set_title("Median over seeds, and its 95 % interval; one scripted generator for all")
    axes.legend()
    figure.savefig(path, dpi=120)
    pyplot.close(figure)


def _with(value: float, ends: Interval, digits: int = 4) -> str:
    return f"{_said(value, digits)} ({_said(ends[0], digits)}-{_said(ends[1], digits)})"


def _said(value: float, digits: int) -> str:
    return "never" if math.isinf(value) else f"{value:.{digits}f}"
