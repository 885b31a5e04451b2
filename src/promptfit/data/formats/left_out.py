"""What an import leaves out, counted by its reason, with a few places each."""

from __future__ import annotations

from collections.abc import Iterator

from promptfit.data.formats.found_value import LeftOut

KEPT = 5
"""Places of a reason that are named."""


class LeftOutCounts:
    """Counts, in a memory that does not grow with them.

    Attributes:
        faults: How many should not have been there.
    """

    def __init__(self) -> None:
        self._counts: dict[str, int] = {}
        self._first: dict[str, list[str]] = {}
        self.faults = 0

    def add(self, one: LeftOut) -> None:
        """One more."""
        self._counts[one.why] = self._counts.get(one.why, 0) + 1
        self.faults += not one.usual
        places = self._first.setdefault(one.why, [])
        if len(places) < KEPT:
            places.append(f"{one.place}: {one.what}" if one.what else one.place)

    def lines(self) -> Iterator[str]:
        """A line a reason: how many, why, and where first."""
        for why, count in sorted(self._counts.items(), key=lambda one: -one[1]):
            more = f" and {count - KEPT} more" if count > KEPT else ""
            yield f"{count} left out: {why} ({'; '.join(self._first[why])}{more})"
