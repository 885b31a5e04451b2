"""The best collection of one label alone, and what mixing labels gains over it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from promptfit.evaluate.alike import alike
from promptfit.evaluate.overall import Overall, overall
from promptfit.score.aggregate import by_document
from promptfit.score.flips import exact_sign_flip
from promptfit.score.metrics import CER, Metric
from promptfit.select.choose import Choice, place_of
from promptfit.select.collections import Evaluation
from promptfit.types import Field, Scored


@dataclass(frozen=True, slots=True)
class Single:
    """The best label's own collection against the mixed one, both on `test`, on which neither was chosen."""

    label: str
    metric: Metric
    """What both are compared by."""
    select_macro: float
    """Its macro loss (the macro CER) on `select`, estimated where the race dropped a prompt (see ``estimate``)."""
    fields: tuple[Field, ...]
    """The fields that it has; the comparison is on these."""
    single: Overall
    mixed: Overall
    p: float
    """Two-sided sign-flip test over documents, on the losses of all these fields."""

    @property
    def gain(self) -> float:
        """The macro loss that mixing takes off."""
        return self.metric.loss(self.single.macro) - self.metric.loss(self.mixed.macro)


def best_label(
    labels: Sequence[str], choices: Mapping[Field, Choice], evaluations: Mapping[Field, Evaluation]
) -> tuple[str, float]:
    """The label with the least macro loss on `select`, and this loss; labels with the most fields come first.

    Of labels with fewer fields than others nothing is known there, so they can't be the best as a whole.
    """
    standings = []
    for place, label in enumerate(labels):
        own = [
            estimate(choices[f], evaluations[f], at)
            for f in choices
            if (at := place_of(choices[f].candidates, label)) >= 0
        ]
        if own:
            standings.append((-len(own), sum(own) / len(own), place))
    _, macro, place = min(standings)
    return labels[place], macro


def estimate(choice: Choice, evaluation: Evaluation, place: int) -> float:
    """A candidate's loss (of the CER: the CER) on all documents of `select`.

    For one that the race dropped: the leader's, and the gap on the documents that both saw (a difference estimator,
    Cochran 1977, Sampling Techniques, 7.9); they are alike on easy and on hard documents, so it is closer than the loss
    on the few documents alone.
    """
    metric = evaluation.metric
    if place in choice.finished:
        return metric.loss(choice.scores[place])
    leader = choice.finished[0]
    weight = sum(metric.units(one.counts)[1] for one in evaluation.scored[place])
    own = evaluation.race.losses(place)
    gap = int(own.sum() - evaluation.race.losses(leader)[: len(own)].sum())
    return metric.loss(choice.scores[leader]) + gap / max(1, weight)


def compare_single(
    label: str,
    select_macro: float,
    single: Mapping[Field, Sequence[Scored]],
    mixed: Mapping[Field, Sequence[Scored]],
    seed: int = 0,
    metric: Metric = CER,
) -> Single:
    """Compares on the fields that both have.

    Args:
        label: The label.
        select_macro: Its macro loss on `select`.
        single: Its answers on `test`.
        mixed: Those of the best collection on `test`.
        seed: Seed of the intervals.
        metric: What both are compared by.
    """
    ours, theirs = alike(mixed, single)
    losses = [by_document([one for own in answers.values() for one in own], metric) for answers in (ours, theirs)]
    gaps = np.array([losses[0][name][0] - losses[1][name][0] for name in losses[0]], dtype=np.int64)
    alone, mix = overall(theirs, seed, metric), overall(ours, seed, metric)
    return Single(label, metric, select_macro, tuple(ours), alone, mix, exact_sign_flip(gaps))


def of_label(choices: Mapping[Field, Choice], label: str) -> dict[Field, str]:
    """The label's own prompts."""
    places = {field: place_of(one.candidates, label) for field, one in choices.items()}
    return {field: choices[field].candidates[place].text for field, place in places.items() if place >= 0}
