"""Which phrase helps in which field: a linear model of the trials, drawn from as a bandit would.

A trial differs from its parent by a few phrases; the CER that it gained on the documents that both saw is the
sum of what these phrases are worth, plus noise. With a Gaussian prior the worth of all phrases has a Gaussian
posterior (Bayesian ridge regression); drawing from it and trying what looks best in the draw is Thompson sampling with
a linear payoff (Agrawal and Goyal, arXiv 1209.3352): what helped is combined, the unknown is tried, what failed rests.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from promptfit.score.metrics import CER, Metric
from promptfit.search.strategies.edits.bank import Phrase, Phrases
from promptfit.types import Trial

SPREAD = 0.3
"""Standard deviation of a phrase's worth before anything is known, in CER."""
KIN = 0.5
"""Correlation of the phrases of a slot: where one way to ask for brevity helps, another one will."""
NOISE = 0.1
"""Standard deviation of a trial's gain around the sum of its phrases, in CER: phrases are not really additive."""

Change = tuple[Phrases, Phrases, float]
"""The parent's phrases, the child's, and the CER that the child gained."""


class Credit:
    """The posterior of every phrase's worth in one field.

    Args:
        phrases: All phrases.
        changes: What was tried so far.
        hopes: Expected worth of a phrase before it was tried here, 0 where nothing is said.
    """

    def __init__(self, phrases: Sequence[Phrase], changes: Sequence[Change], hopes: Mapping[Phrase, float]) -> None:
        self._place = {phrase: place for place, phrase in enumerate(phrases)}
        design = np.array([self._row(child) - self._row(parent) for parent, child, _ in changes])
        design = design.reshape(len(changes), len(phrases))
        gains = np.array([gain for _, _, gain in changes])
        prior = np.array([hopes.get(phrase, 0.0) for phrase in phrases])
        slots = np.array([phrase.slot for phrase in phrases])
        kinship = KIN * (slots[:, None] == slots) + (1 - KIN) * np.eye(len(phrases))
        precision = np.linalg.inv(kinship * SPREAD**2)
        covariance = np.linalg.inv(precision + design.T @ design / NOISE**2)
        self._mean = covariance @ (precision @ prior + design.T @ gains / NOISE**2)
        self._root = np.linalg.cholesky((covariance + covariance.T) / 2)

    def draw(self, generator: np.random.Generator) -> Draw:
        """Draws one plausible worth of every phrase."""
        worth = self._mean + self._root @ generator.standard_normal(len(self._mean))
        return Draw(dict(zip(self._place, worth.tolist(), strict=True)))

    def _row(self, phrases: Phrases) -> NDArray[np.float64]:
        row = np.zeros(len(self._place))
        for phrase in phrases:
            if phrase in self._place:
                row[self._place[phrase]] = 1.0
        return row


class Draw:
    """A worth for every phrase."""

    def __init__(self, worth: Mapping[Phrase, float]) -> None:
        self._worth = worth

    def of(self, phrases: Phrases) -> float:
        """Returns the worth of a prompt; words of unknown worth count nothing."""
        worth = self._worth
        return sum([worth.get(phrase, 0.0) for phrase in phrases])


def gain(parent: Trial, child: Trial, metric: Metric = CER) -> float | None:
    """Returns by how much the child's loss is smaller on the samples that both saw, cut to [-1, 1]; None if none.

    Of equals by another metric than the CER, it is the gain in CER.
    """
    before = {one.sample: one.counts for one in parent.scored}
    both = [(before[one.sample], one.counts) for one in child.scored if one.sample in before]
    units = [(metric.units(was), metric.units(now)) for was, now in both]
    weight = sum(size for (_, size), _ in units)
    if not weight:
        return None
    gained = sum(was - now for (was, _), (now, _) in units) / weight
    return max(-1.0, min(1.0, gained)) if gained or metric is CER else gain(parent, child)
