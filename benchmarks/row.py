"""One line of the table that `make bench` prints."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """A figure, what was aimed at, and whether that was met."""

    what: str
    measured: str
    goal: str
    met: bool
