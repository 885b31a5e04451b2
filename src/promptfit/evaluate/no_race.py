"""Stands where nobody races: every prompt is asked of every document."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class NoRace:
    """Drops nobody. A search asks nothing of it; a selection asks what it asks of its own rules.

    Args:
        alpha: Error rate of the comparisons of a field's winner, none of which a race has spent.
    """

    alpha: float

    def __post_init__(self) -> None:
        """Checks the figure.

        Raises:
            ValueError: It is out of its range.
        """
        if not 0 < self.alpha < 1:
            raise ValueError(f"racing: alpha between 0 and 1, but got {self.alpha}")

    def looks(self, documents: int) -> list[int]:
        """Nobody looks before the end."""
        return []

    def final(self, p: float, looks: int) -> float:
        """The p value of the comparison on all documents, as it is."""
        return p

    def final_alpha(self, looks: int) -> float:
        """The error rate of that comparison: all of it."""
        return self.alpha
