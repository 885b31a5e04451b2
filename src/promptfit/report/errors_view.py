"""Errors as the page draws them: kinds, groups, confusions, the worst answers with their images, growth points."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from promptfit.report.differences import Runs, runs
from promptfit.report.embedded import EmbeddedImage
from promptfit.report.look_view import LETTERS
from promptfit.study.records.errors_json import Confusion, ErrorsRecord, Group, GrowthPoint, WorstAnswer
from promptfit.support.grouped_by import grouped_by

WORST, CONFUSIONS, GROUPS = 24, 30, 8
"""How many the page shows."""


@dataclass(frozen=True, slots=True)
class Shot:
    """A bad answer with its image."""

    worst: WorstAnswer
    picture: EmbeddedImage | None
    box: str
    """The style of the frame around the true answer's place; empty without one."""
    differences: Runs


@dataclass(frozen=True, slots=True)
class Point:
    """A growth point, with its examples' differences from the truth."""

    growth: GrowthPoint
    examples: Sequence[Runs]


class ErrorsView:
    """An errors record as its sections of the page draw it."""

    def __init__(self, record: ErrorsRecord, folder: Path, pictures: Mapping[Path, EmbeddedImage]) -> None:
        self.record, self._folder, self._pictures = record, folder, pictures

    @cached_property
    def kinds(self) -> list[tuple[str, int, float]]:
        """Kind, edits and their share of all edits; the most frequent first."""
        edits = sum(self.record.kinds.values())
        ranked = sorted(self.record.kinds.items(), key=lambda item: (-item[1], item[0]))
        return [(kind, count, count / edits) for kind, count in ranked if count]

    @cached_property
    def confusions(self) -> list[Confusion]:
        """The most frequent."""
        return sorted(self.record.confusions, key=lambda one: (-one.count, one.true, one.read))[:CONFUSIONS]

    @cached_property
    def groups(self) -> list[tuple[str, list[Group], int]]:
        """By what, the weakest groups of it, and how many more there are; an order of length or height stays."""
        shown = []
        for by, own in grouped_by(self.record.groups, lambda one: one.by).items():
            ordered = own if by in ("length", "text_height") else sorted(own, key=lambda one: -one.cell.cer)
            shown.append((by, ordered[:GROUPS], max(0, len(own) - GROUPS)))
        return shown

    @cached_property
    def top(self) -> float:
        """The end of the groups' scale: the intervals beyond it end there."""
        return min(1.6, max([0.01, *(one.cell.cer * 1.15 for _, own, _ in self.groups for one in own)]))

    @cached_property
    def levers(self) -> list[tuple[str, float]]:
        """What each lever would be worth, the largest first."""
        sums: dict[str, float] = {}
        for one in self.record.growth:
            sums[one.lever] = sums.get(one.lever, 0.0) + one.fall
        return sorted(((name, fall) for name, fall in sums.items() if fall > 0), key=lambda item: -item[1])

    @cached_property
    def growth(self) -> list[Point]:
        """Points that would be worth something, with their examples."""
        return [
            Point(one, [runs(truth, answer, 120) for truth, answer in one.examples[:3]])
            for one in sorted(self.record.growth, key=lambda one: -one.fall)
            if one.fall > 0
        ]

    @cached_property
    def growth_top(self) -> float:
        """The end of the growth points' scale."""
        return max([0.001, *(one.growth.high or one.growth.fall for one in self.growth)])

    @cached_property
    def worst(self) -> list[Shot]:
        """The worst answers."""
        return [self._shot(one) for one in self.record.worst[:WORST]]

    def _shot(self, one: WorstAnswer) -> Shot:
        picture = self._pictures.get(self._folder / one.picture) if one.picture else None
        frame = _frame(one.box, picture) if one.box and picture else ""
        return Shot(one, picture, frame, runs(one.truth, one.answer, LETTERS))


def _frame(box: tuple[float, float, float, float], picture: EmbeddedImage) -> str:
    """The box in percent of the picture, a little wider than the text."""
    x1, y1, x2, y2 = (side * picture.scale for side in box)
    pad = 0.12 * min(x2 - x1, y2 - y1)
    left, top = 100 * (x1 - pad) / picture.width, 100 * (y1 - pad) / picture.height
    wide, high = 100 * (x2 - x1 + 2 * pad) / picture.width, 100 * (y2 - y1 + 2 * pad) / picture.height
    return f"left:{left:.2f}%;top:{top:.2f}%;width:{wide:.2f}%;height:{high:.2f}%"
