"""The stress as curves and heat maps: augmentation x severity, field x augmentation, and where fields break."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from promptfit.report.shades import round_top
from promptfit.study.records.stress_json import ConditionRecord, Robustness, StressRecord
from promptfit.study.records.study_source import Cell


@dataclass(frozen=True, slots=True)
class Curve:
    """One augmentation's panel; the strings are points of an SVG."""

    robustness: Robustness
    mean: str
    band: str
    fields: Sequence[str]
    dots: Sequence[tuple[float, float]]


class StressView:
    """A stress record as its section of the page draws it; the most harmful augmentation comes first."""

    width, height, left, right, upper, lower = 240, 132, 36, 230, 10, 110
    """Of a panel, in an SVG's units."""

    def __init__(self, record: StressRecord) -> None:
        self.record = record
        self.order = sorted(record.robustness, key=lambda one: (-one.mean_cer, one.augmentation))
        self.severities = sorted({one.severity for one in record.conditions})
        self.fields = list(record.clean_fields)
        self._cells = {(one.augmentation, one.severity): one for one in record.conditions}

    def at(self, augmentation: str, severity: int) -> ConditionRecord | None:
        """The condition, if it was measured."""
        return self._cells.get((augmentation, severity))

    def of_field(self, field: str, augmentation: str) -> float | None:
        """The field's CER over the augmentation's severities."""
        cers = [cell.cer for _, cell in self._steps(augmentation, field)]
        return sum(cers) / len(cers) if cers else None

    def mean_of_field(self, field: str) -> float:
        """Over all augmentations."""
        cers = [cer for one in self.order if (cer := self.of_field(field, one.augmentation)) is not None]
        return sum(cers) / len(cers) if cers else 0.0

    @cached_property
    def weakest_first(self) -> list[str]:
        """The fields, those that suffer most first."""
        return sorted(self.fields, key=lambda field: -self.mean_of_field(field))

    @cached_property
    def top(self) -> float:
        """The CER at the panels' upper edge, the same in all of them."""
        return min(1.0, round_top(max([one.overall.cer for one in self.record.conditions] + [self.record.clean.cer])))

    @cached_property
    def curves(self) -> list[Curve]:
        """The panels."""
        return [self._curve(one) for one in self.order]

    @cached_property
    def ticks(self) -> list[tuple[float, float]]:
        """CERs of the scale, and where their lines go."""
        return [(share * self.top, self._y(share * self.top)) for share in (0, 0.5, 1)]

    @cached_property
    def steps(self) -> list[tuple[int, float]]:
        """Severities, 0 being the clean image, and where they stand."""
        return [(severity, self._x(severity)) for severity in (0, *self.severities)]

    def _curve(self, one: Robustness) -> Curve:
        clean = self.record.clean
        found = [self.at(one.augmentation, severity) for severity in self.severities]
        means = [(0, clean), *((each.severity, each.overall) for each in found if each)]
        fields = [[(0, self.record.clean_fields[name]), *self._steps(one.augmentation, name)] for name in self.fields]
        low = [(at, cell.cer if cell.low is None or cell.interval == "exact" else cell.low) for at, cell in means]
        high = [(at, cell.cer if cell.high is None or cell.interval == "exact" else cell.high) for at, cell in means]
        return Curve(
            robustness=one,
            mean=self._points([(at, cell.cer) for at, cell in means]),
            band=self._points([*high, *reversed(low)]),
            fields=[self._points([(at, cell.cer) for at, cell in line]) for line in fields],
            dots=[(self._x(at), self._y(cell.cer)) for at, cell in means],
        )

    def _steps(self, augmentation: str, field: str) -> list[tuple[int, Cell]]:
        found = [self.at(augmentation, severity) for severity in self.severities]
        return [(one.severity, one.fields[field]) for one in found if one and field in one.fields]

    def _points(self, places: Sequence[tuple[int, float]]) -> str:
        return " ".join(f"{self._x(at)},{self._y(cer)}" for at, cer in places)

    def _x(self, severity: int) -> float:
        most = max(self.severities, default=1)
        return round(self.left + (self.right - self.left) * severity / most, 1)

    def _y(self, cer: float) -> float:
        return round(self.lower - (self.lower - self.upper) * min(cer, self.top) / self.top, 1)
