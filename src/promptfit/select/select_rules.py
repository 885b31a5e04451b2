"""When a candidate is dropped before it has seen every document, and what a final p value is worth. Pure rules.

Two error rates are spent by Bonferroni's inequality, which asks nothing of how looks or candidates hang together (but
takes the number of rivals at a look for given; `python -m benchmarks statistics` simulates what the rates come to):

- ``lose``, the chance that a field's best candidate is dropped. For that, one of its rivals has to be significantly
  better at one of the looks; so the rate is spent in equal parts over the looks, and at a look by Holm's method over
  the rivals that are still in, on one-sided tests.
- ``alpha``, the chance to name a winner where there is none. A share of it goes in equal parts to the looks, the rest
  to the comparison on all documents. It need not be spent over rivals: a winner has to be better than every one of
  them (an intersection-union test, Berger 1982), and the lucky best of many equals is no easier told from its
  runner-up than one of two (Hung and Fithian 2019, Annals of Statistics 47, 758-782).

A candidate is dropped where both allow it. All tests are exact sign-flip tests on edits a document; they are asked for
p values far below 1 / 10,000.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from promptfit.evaluate.no_race import NoRace
from promptfit.score.flips import exact_sign_flip

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class SelectRacing:
    """The rules, with the figures of conf/racing/select.yaml.

    Args:
        first: Documents of the first block; fewer can't tell much apart.
        growth: How many times as many documents the next look has.
        alpha: Error rate of the comparisons of a field's winner.
        share: The part of ``alpha`` that the race spends, in (0, 1); the final comparison has the rest.
        lose: Chance that the race drops the best candidate of a field, at most.
    """

    first: int
    growth: float
    alpha: float
    share: float
    lose: float

    def __post_init__(self) -> None:
        """Checks the figures.

        Raises:
            ValueError: A figure is out of its range.
        """
        rates = (self.alpha, self.share, self.lose)
        if not (self.first >= 1 and self.growth > 1 and all(0 < rate < 1 for rate in rates)):
            raise ValueError(f"racing: first >= 1, growth > 1, alpha, share and lose between 0 and 1, but got {self}")

    def looks(self, documents: int) -> list[int]:
        """After how many documents the race is looked at, before the end."""
        looks, at = [], float(self.first)
        while round(at) < documents:
            looks.append(round(at))
            at *= self.growth
        return looks

    def spent(self, p: float, looks: int) -> float:
        """The p value of one of the race's tests, corrected for its looks."""
        return min(1.0, p * looks / self.share)

    def final(self, p: float, looks: int) -> float:
        """The p value of the comparison on all documents, for which the race has left a part of alpha."""
        return min(1.0, p / (1 - self.share)) if looks else p

    def final_alpha(self, looks: int) -> float:
        """The error rate that the race has left for the comparison on all documents."""
        return self.alpha * (1 - self.share) if looks else self.alpha

    def losers(self, edits: Ints, leader: int, looks: int, rivals: int) -> dict[int, float]:
        """Who is significantly worse than the leader.

        Args:
            edits: Of the running candidates on the documents seen, shape ``(running, documents)``.
            leader: The leader's row.
            looks: Looks of the whole race.
            rivals: Rivals of the leader that are still in.

        Returns:
            The corrected p value of each row that is dropped.
        """
        differences = edits - edits[leader]
        sums, squares = differences.sum(axis=1), (differences**2).sum(axis=1)
        # P(|S| >= sd) >= 7/32 for every sum of sign-flipped terms (Hollom and Portier 2023, arXiv 2306.07811)
        worse = np.flatnonzero((sums > 0) & (sums**2 > squares)).tolist()
        found: dict[int, float] = {}
        for p, row in sorted((exact_sign_flip(differences[row]), row) for row in worse):
            left = rivals - len(found)  # Holm (1979): who is out is no rival any more
            if self.spent(p, looks) > self.alpha or p / 2 * looks * left > self.lose:
                break
            found[row] = self.spent(p, looks)
        return found


Rules = SelectRacing | NoRace
"""What a selection may be run by."""


def standing(edits: Sequence[int], texts: Sequence[str]) -> list[int]:
    """The order of candidates that saw the same documents: fewer edits, then the shorter text, then text order."""
    return sorted(range(len(edits)), key=lambda place: (edits[place], len(texts[place]), texts[place]))
