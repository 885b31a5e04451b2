"""Where the model looks, as the page draws it: shares with their intervals, layers, pictures of single answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from promptfit.report.differences import Runs, runs
from promptfit.report.pictures import Picture
from promptfit.report.shades import round_top
from promptfit.report.visible import cut
from promptfit.study.record import LookRecord, Overlay, Share, Verdict

WIDTH, HEIGHT = 480, 170
_LEFT, _RIGHT, _TOP, _BOTTOM = 44, 12, 12, 34
MOST = 12
"""Answers with pictures on the page."""
LETTERS = 240
"""How much of an answer is shown beside a picture."""


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


@dataclass(frozen=True, slots=True)
class Side:
    """An image, clean or covered, and what was answered to it."""

    name: str
    """Of its phrase."""
    drawn: bool
    """Whether there should be a picture."""
    picture: Picture | None
    said: str
    differences: Runs


@dataclass(frozen=True, slots=True)
class Shown:
    """One answer, and what it became when places were covered."""

    overlay: Overlay
    sides: Sequence[Side]


class LookView:
    """A look record as its section of the page draws it."""

    def __init__(self, record: LookRecord, folder: Path, pictures: Mapping[Path, Picture]) -> None:
        self.record, self._folder, self._pictures = record, folder, pictures

    @property
    def answers(self) -> int:
        """How many answers have a verdict."""
        return sum(one.answers for one in self.record.verdicts)

    @cached_property
    def verdicts(self) -> list[Verdict]:
        """The rows that have answers, the most frequent first."""
        return sorted((one for one in self.record.verdicts if one.answers), key=lambda one: -one.answers)

    def share(self, verdict: str) -> float:
        """Of all answers, those with this verdict."""
        mine = sum(one.answers for one in self.record.verdicts if one.verdict == verdict)
        return mine / self.answers if self.answers else 0.0

    @cached_property
    def masses(self) -> list[tuple[str, Share]]:
        """The rows of the attention table, by the name of their phrase."""
        found = self.record.attention
        if not found:
            return []
        rows = [("mass_right", found.mass_right), ("mass_wrong", found.mass_wrong), ("area", found.area)]
        return [*rows, ("mass_difference", found.mass_difference), ("pointing", found.pointing)]

    @cached_property
    def top(self) -> float:
        """The mass at the chart's upper edge."""
        layers = self.record.attention.layers if self.record.attention else ()
        area = self.record.attention.area.value if self.record.attention else None
        return round_top(max([0.0, area or 0.0, *(one.high or one.value or 0.0 for one in layers)]))

    @cached_property
    def ticks(self) -> list[tuple[float, float]]:
        """Masses of the scale, and where their lines go."""
        return [(share * self.top, self._y(share * self.top)) for share in (0, 0.5, 1)]

    @cached_property
    def area_line(self) -> float | None:
        """Where blind looking would be."""
        area = self.record.attention.area.value if self.record.attention else None
        return None if area is None else self._y(area)

    @cached_property
    def bars(self) -> list[Bar]:
        """Mass in the box, by layer."""
        found = self.record.attention
        if not found or not found.layers:
            return []
        step = (WIDTH - _LEFT - _RIGHT) / len(found.layers)
        every = -(-len(found.layers) // 12)
        return [
            Bar(
                layer=place,
                x=round(_LEFT + step * (place + 0.15), 1),
                y=self._y(one.value or 0.0),
                width=round(step * 0.7, 1),
                height=round(self._y(0) - self._y(one.value or 0.0), 1),
                low=self._y(one.low if one.low is not None else one.value or 0.0),
                high=self._y(one.high if one.high is not None else one.value or 0.0),
                chosen=place == found.layer,
                labelled=place % every == 0,
            )
            for place, one in enumerate(found.layers)
        ]

    @cached_property
    def shown(self) -> list[Shown]:
        """The answers with pictures."""
        return [self._shown(one) for one in self.record.overlays[:MOST]]

    def _shown(self, one: Overlay) -> Shown:
        clean = "heat" if one.heat else "heat_clean"
        sides = [
            self._side(one.truth, clean, one.heat, one.answer),
            self._side(one.truth, "covered", one.covered, one.covered_answer),
            self._side(one.truth, "elsewhere", one.elsewhere, one.elsewhere_answer),
        ]
        return Shown(one, [side for side in sides if side.drawn or side.name == clean])

    def _side(self, truth: str, name: str, file: str, said: str) -> Side:
        return Side(name, bool(file), self._pictures.get(self._folder / file), said, runs(truth, cut(said, LETTERS)))

    def _y(self, mass: float) -> float:
        return round(_TOP + (HEIGHT - _TOP - _BOTTOM) * (1 - min(max(mass, 0.0), self.top) / self.top), 1)


def names_of(one: Overlay) -> Sequence[str]:
    """Its pictures."""
    return (one.heat, one.covered, one.elsewhere)
