"""The chart of attention in the answer's box, layer by layer, as an SVG has it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from promptfit.report.shades import round_top
from promptfit.study.records.look_json import Attention, Share


@dataclass(frozen=True, slots=True)
class Bar:
    """A layer's bar in the chart."""

    layer: int
    x: float
    y: float
    width: float
    height: float
    low: float
    high: float
    chosen: bool
    labelled: bool


class Layers:
    """Bars with whiskers, and a line where blind looking would be; the numbers are an SVG's units."""

    width, height, left, right, top, bottom = 480, 170, 44, 468, 12, 136

    def __init__(self, attention: Attention) -> None:
        """Takes attention that has at least one layer."""
        self._attention = attention
        highest = [one.high or one.value or 0.0 for one in attention.layers]
        self._end = round_top(max([attention.area.value or 0.0, *highest]))

    @cached_property
    def ticks(self) -> list[tuple[float, float]]:
        """Masses of the scale, and where their lines go."""
        return [(share * self._end, self._y(share * self._end)) for share in (0, 0.5, 1)]

    @cached_property
    def area(self) -> float | None:
        """Where the box's share of the area is."""
        value = self._attention.area.value
        return None if value is None else self._y(value)

    @cached_property
    def bars(self) -> list[Bar]:
        """One a layer."""
        return [self._bar(place, one) for place, one in enumerate(self._attention.layers)]

    def _bar(self, place: int, one: Share) -> Bar:
        count, mass = len(self._attention.layers), one.value or 0.0
        step = (self.right - self.left) / count
        return Bar(
            layer=place,
            x=round(self.left + step * (place + 0.15), 1),
            y=self._y(mass),
            width=round(step * 0.7, 1),
            height=round(self.bottom - self._y(mass), 1),
            low=self._y(mass if one.low is None else one.low),
            high=self._y(mass if one.high is None else one.high),
            chosen=place == self._attention.layer,
            labelled=place % -(-count // 12) == 0,
        )

    def _y(self, mass: float) -> float:
        share = min(max(mass, 0.0), self._end) / self._end
        return round(self.bottom - (self.bottom - self.top) * share, 1)
