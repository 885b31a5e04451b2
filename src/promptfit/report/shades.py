"""Colours of a heat map's cells, and places on a scale, as a page's styles have them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

_STOPS = ((246, 248, 244), (253, 232, 180), (249, 178, 94), (224, 96, 58), (151, 33, 31))
"""Ever darker, so that it reads in grey and for colour-blind people, too."""
_DARK = 0.68
_TOPS = (0.02, 0.04, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0)


def shade(cer: float) -> str:
    """The style of a cell: white to dark red by the CER's square root, 1 and above darkest."""
    place = min(max(cer, 0.0), 1.0) ** 0.5
    step = place * (len(_STOPS) - 1)
    below = min(int(step), len(_STOPS) - 2)
    pairs = zip(_STOPS[below], _STOPS[below + 1], strict=True)
    red, green, blue = (round(a + (b - a) * (step - below)) for a, b in pairs)
    return f"background:#{red:02x}{green:02x}{blue:02x};color:{'#fff' if place > _DARK else '#1c2430'}"


@dataclass(frozen=True, slots=True)
class Span:
    """A value and its interval in percent of a scale's width."""

    value: float
    low: float
    width: float


def span(value: float, low: float | None, high: float | None, top: float, bottom: float = 0.0) -> Span:
    """Where a value stands between ``bottom`` and ``top``; what is outside stands at the end."""

    def place(one: float) -> float:
        share = (one - bottom) / (top - bottom) if top > bottom else 0.0
        return round(100 * min(max(share, 0.0), 1.0), 2)

    start, end = place(value if low is None else low), place(value if high is None else high)
    return Span(place(value), start, round(end - start, 2))


def end(cers: Iterable[float]) -> float:
    """The end of a scale with room for the intervals of these CERs."""
    return 1.3 * max([0.02, *cers])


def round_top(highest: float) -> float:
    """A round end of a chart's scale, a little above its highest value."""
    return next((top for top in _TOPS if top >= highest * 1.03), highest * 1.03)
