"""Where the model looks, as the page draws it: shares with their intervals, layers, pictures of single answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from promptfit.report.differences import Runs, runs
from promptfit.report.embedded import EmbeddedImage
from promptfit.report.layers import Layers
from promptfit.study.by_verdict import VerdictRow, by_verdict
from promptfit.study.records.look_json import LookRecord, Overlay, Share

MOST = 12
"""Answers with pictures on the page."""
LETTERS = 240
"""How much of an answer is shown beside a picture."""


@dataclass(frozen=True, slots=True)
class Side:
    """An image, clean or covered, and what was answered to it."""

    name: str
    """Of its phrase."""
    drawn: bool
    """Whether there should be a picture."""
    picture: EmbeddedImage | None
    said: str
    differences: Runs


@dataclass(frozen=True, slots=True)
class Shown:
    """One answer, and what it became when places were covered."""

    overlay: Overlay
    sides: Sequence[Side]


class LookView:
    """A look record as its section of the page draws it."""

    def __init__(self, record: LookRecord, folder: Path, pictures: Mapping[Path, EmbeddedImage]) -> None:
        self.record, self._folder, self._pictures = record, folder, pictures

    @property
    def answers(self) -> int:
        """How many answers have a verdict."""
        return sum(one.answers for one in self.record.verdicts)

    @cached_property
    def verdicts(self) -> list[VerdictRow]:
        """The verdicts that answers have, the most frequent first."""
        return by_verdict(self.record.verdicts)

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
    def layers(self) -> Layers | None:
        """The chart of the mass in the box, by layer."""
        found = self.record.attention
        return Layers(found) if found and found.layers else None

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
        return Side(name, bool(file), self._pictures.get(self._folder / file), said, runs(truth, said, LETTERS))


def names_of(one: Overlay) -> Sequence[str]:
    """Its pictures."""
    return (one.heat, one.covered, one.elsewhere)
