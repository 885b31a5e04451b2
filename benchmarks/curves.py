"""Medians over seeds with their intervals, and how early one arm is as good as another one in the end."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from statistics import median

from benchmarks.jobs import Way

RESAMPLES = 2000
STEP = 10
"""Requests a field between two points of a curve."""

Interval = tuple[float, float]


@dataclass(frozen=True)
class Curves:
    """Macro CER on ``large`` after so many requests a field.

    Args:
        ways: What each arm and seed would have ended with, by the field's name, from 0 requests on.
        cers: The CER of a field's prompt.
        budget: Requests a field.
    """

    ways: Mapping[tuple[str, int], Mapping[str, Way]]
    cers: Mapping[tuple[str, str], float]
    budget: int

    @property
    def arms(self) -> list[str]:
        """In the order in which they were run."""
        return list(dict.fromkeys(arm for arm, _ in self.ways))

    @property
    def grid(self) -> list[int]:
        """Where curves have points."""
        return [*range(0, self.budget + 1, STEP)]

    @cached_property
    def points(self) -> dict[str, dict[int, list[float]]]:
        """By arm and seed, the CER at every point of the grid."""
        found: dict[str, dict[int, list[float]]] = {}
        for (arm, seed), ways in self.ways.items():
            found.setdefault(arm, {})[seed] = [self._macro(ways, requests) for requests in self.grid]
        return found

    def finals(self, arm: str) -> list[float]:
        """The CER that each seed ends with."""
        return [points[-1] for points in self.points[arm].values()]

    def curve(self, arm: str) -> list[tuple[float, Interval]]:
        """The median over seeds at every point, and its interval."""
        return [(median(at), interval(at)) for at in zip(*self.points[arm].values(), strict=True)]

    def share(self, ours: str, plain: str) -> tuple[float, Interval]:
        """Requests at which the median of ours is down to the other's final median, as a share of the budget.

        Returns:
            The share, infinite where it is never reached; and its interval, bootstrap percentiles over seeds.
        """
        one, other, rng = list(self.points[ours].values()), self.finals(plain), random.Random(0)
        draws = sorted(
            self._share(rng.choices(one, k=len(one)), rng.choices(other, k=len(other))) for _ in range(RESAMPLES)
        )
        return self._share(one, other), (draws[round(0.025 * RESAMPLES)], draws[round(0.975 * RESAMPLES) - 1])

    def _share(self, ours: Sequence[Sequence[float]], finals: Sequence[float]) -> float:
        aim = median(finals)
        medians = [median(at) for at in zip(*ours, strict=True)]
        reached = [requests for requests, cer in zip(self.grid, medians, strict=True) if cer <= aim]
        return reached[0] / self.budget if reached else math.inf

    def _macro(self, ways: Mapping[str, Way], requests: int) -> float:
        """The mean over fields of what they would have ended with."""
        at = {name: [prompt for spent, prompt in way if spent <= requests][-1] for name, way in ways.items()}
        return sum(self.cers[name, prompt] for name, prompt in at.items()) / len(at)


def interval(values: Sequence[float]) -> Interval:
    """The order statistics that hold the median with at least 95 %; under six values, the extremes, which hold less."""
    ordered, size = sorted(values), len(values)
    place, below = 0, 1 / 2**size
    while 2 * below <= 0.05 and place < size // 2:
        place += 1
        below += math.comb(size, place) / 2**size
    place = max(0, place - 1)
    return ordered[place], ordered[-1 - place]
