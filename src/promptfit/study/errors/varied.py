"""Which of the bad answers to show: the worst ones, but not the same thing ten times."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence
from heapq import nsmallest

Key = tuple[float, tuple[str, ...]]
"""How good, and what tells equals apart."""


def varied(keys: Sequence[Key], traits: Sequence[Sequence[Hashable]], count: int) -> list[int]:
    """Chooses one after the other: whose traits were taken least often so far, and of those the worst.

    Args:
        keys: The lower, the worse.
        traits: What of each should differ, as many for each; of equal traits the worst alone takes part.
        count: How many to choose at most.

    Returns:
        Their places, in the order in which they were chosen.
    """
    worst: dict[tuple[Hashable, ...], int] = {}
    for place, own in enumerate(traits):
        other = worst.setdefault(tuple(own), place)
        if keys[place] < keys[other]:
            worst[tuple(own)] = place
    taken: Counter[tuple[int, Hashable]] = Counter()
    chosen: list[int] = []
    left = set(_few(worst, keys, count))
    while left and len(chosen) < count:
        place = min(left, key=lambda place: (sum(taken[one] for one in enumerate(traits[place])), keys[place]))
        left.remove(place)
        chosen.append(place)
        taken.update(enumerate(traits[place]))
    return chosen


def _few(worst: dict[tuple[Hashable, ...], int], keys: Sequence[Key], count: int) -> list[int]:
    """So many of each first two traits: no more of them can be chosen."""
    cells: dict[tuple[Hashable, ...], list[int]] = {}
    for own, place in worst.items():
        cells.setdefault(own[:2], []).append(place)
    return [one for places in cells.values() for one in nsmallest(count, places, key=lambda place: keys[place])]
