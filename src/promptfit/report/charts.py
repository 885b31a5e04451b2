"""What the charts share: a sheet without any global state, a scale for CERs, colours, plain texts."""

from __future__ import annotations

import io
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from promptfit.support.files.writing import replace_file

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

INK, FAINT, BEST = "#1b1b1b", "#9a9a9a", "#0b6e4f"
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#7f6000", "#5b3a9b", "#a50026", "#4d4d4d")
"""Told apart by colour-blind people, too (Okabe and Ito 2008, and three more)."""
_TICKS = (0, 0.001, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1, 1.5, 2, 3, 5, 10, 20, 50, 100)


def sheet(width: float, height: float, rows: int = 1, columns: int = 1) -> tuple[Figure, list[Axes]]:
    """An empty figure of so many inches, and its axes row by row."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.subplots(rows, columns, squeeze=False)
    return figure, list(axes.flat)


def save(figure: Figure, path: Path) -> Path:
    """Writes a PNG whole; the same figure gives the same bytes."""
    content = io.BytesIO()
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing")  # a label in a script that the font lacks
        figure.savefig(content, format="png", dpi=130, metadata={"Software": None})
    replace_file(path, content.getvalue())
    return path


def cer_scale(axes: Axes, which: Literal["x", "y"], highest: float) -> None:
    """A square-root scale from 0: it shows gaps between small CERs, and large ones still fit."""
    from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

    top = max(highest, 0.01) * 1.08
    ticks = [tick for tick in _TICKS if tick <= top]
    kept = [tick for place, tick in enumerate(ticks) if _apart(ticks, place, top)]
    if which == "x":
        axes.set_xscale("function", functions=(_root, _square))
        axes.set_xlim(0, top)
    else:
        axes.set_yscale("function", functions=(_root, _square))
        axes.set_ylim(0, top)
    axis = axes.xaxis if which == "x" else axes.yaxis
    axis.set_major_locator(FixedLocator(kept))
    axis.set_minor_locator(NullLocator())
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))


def plain(text: str, longest: int = 44) -> str:
    """A text of which matplotlib makes no formula, on one line and not too long."""
    line = " ".join(text.split())
    return (line if len(line) <= longest else line[: longest - 1] + "…").replace("$", r"\$")


def colour(labels: Sequence[str], label: str) -> str:
    """The label's colour, the same in all charts."""
    return COLOURS[labels.index(label) % len(COLOURS)]


def bare(axes: Axes) -> None:
    """Takes off what only frames."""
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)


def _apart(ticks: Sequence[float], place: int, top: float) -> bool:
    """Whether a tick has room: it stands a 14th of the scale from the next one."""
    return place in (0, len(ticks) - 1) or (ticks[place + 1] ** 0.5 - ticks[place] ** 0.5) / top**0.5 > 1 / 14


def _root(values: object) -> object:
    import numpy as np

    return np.sqrt(np.maximum(np.asarray(values, dtype=float), 0.0))


def _square(values: object) -> object:
    import numpy as np

    return np.square(np.asarray(values, dtype=float))
