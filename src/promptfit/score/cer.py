"""Counts answers: what each one adds to every metric."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from promptfit.score.metrics import METRICS, Parts
from promptfit.score.normalize import Chain
from promptfit.score.pairs import Pairs
from promptfit.types import TEXT, Counts, ValueKind


def count(
    truths: Sequence[str],
    answers: Sequence[str],
    chain: Chain,
    kinds: Sequence[ValueKind] = (),
    accepted: Sequence[Sequence[str]] = (),
) -> list[Counts]:
    """Counts what each answer adds to every metric, truth and answer both normalised by the chain.

    A truth that is empty, or says that nothing is there, has no characters; what was answered to it counts as
    insertions, and pools, unless it says that, too.

    Args:
        truths: The true answers.
        answers: What was answered, in the same order.
        chain: The normalisation.
        kinds: What each truth is; all of them plain texts if it is left out.
        accepted: Further true answers beside each truth, of the same kind; none if it is left out. Every metric takes
            the best one for itself; the weight stays that of the truth.

    Returns:
        One ``Counts`` a pair: ``len(result) == len(truths) == len(answers)``.

    Raises:
        ValueError: The lists differ in length.
    """
    found = columns(truths, answers, chain, kinds, accepted)
    rows = [zip(amounts.tolist(), weights.tolist(), strict=True) for amounts, weights in found.values()]
    return [Counts(dict(zip(found, row, strict=True))) for row in zip(*rows, strict=True)]


def columns(
    truths: Sequence[str],
    answers: Sequence[str],
    chain: Chain,
    kinds: Sequence[ValueKind] = (),
    accepted: Sequence[Sequence[str]] = (),
) -> dict[str, Parts]:
    """Counts as ``count`` does, for lists of a million: arrays by metric instead of objects.

    Raises:
        ValueError: The lists differ in length.
    """
    if len(truths) != len(answers):
        raise ValueError(f"{len(truths)} truths, but {len(answers)} answers")
    kinds = kinds or [TEXT] * len(truths)
    found = _counted(truths, answers, chain, kinds)
    if not any(accepted):
        return found
    at = [place for place, own in enumerate(accepted) for _ in own]
    others = [text for own in accepted for text in own]
    also = _counted(others, [answers[place] for place in at], chain, [kinds[place] for place in at])
    places = np.array(at, np.int64)
    return {name: metric.best(found[name], also[name], places) for name, metric in METRICS.items()}


def _counted(
    truths: Sequence[str], answers: Sequence[str], chain: Chain, kinds: Sequence[ValueKind]
) -> dict[str, Parts]:
    pairs = Pairs((truths, answers), kinds, chain)
    return {name: metric.parts(pairs) for name, metric in METRICS.items()}
