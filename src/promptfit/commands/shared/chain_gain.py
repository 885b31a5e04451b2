"""What a step of the normalisation would be worth where texts differ in spaces of another kind alone."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean

from promptfit.evaluate.scoring import Scoring, recount
from promptfit.score.aggregate import of_fields
from promptfit.score.metrics import CER
from promptfit.score.normalize import Chain
from promptfit.support.enumerated import some
from promptfit.types import Scored, Trial

STEP = "plain_spaces"


def told(trials: Sequence[Trial], scoring: Scoring) -> list[str]:
    """The CER of each trial with the step, where it is another one; nothing where the chain has the step.

    Args:
        trials: What was measured.
        scoring: What it was measured with.
    """
    chain = Chain((STEP, *scoring.chain.steps))
    found = [
        f"{one.field.name} {one.score.cer:.4f} -> {cer:.4f}"
        for one in trials
        if (cer := _with(one, chain)) < one.score.cer
    ]
    if STEP in scoring.chain.steps or not found:
        return []
    return [
        f"with chain=[{','.join(chain.steps)}], which compares spaces of every kind as plain ones, the CER would be: "
        f"{some(found)}"
    ]


def _with(trial: Trial, chain: Chain) -> float:
    fields = of_fields(trial.scored).values()
    return fmean(_cer(own, chain) for own in fields)


def _cer(scored: Sequence[Scored], chain: Chain) -> float:
    return CER.of(recount(scored, [one.reading.value for one in scored], chain))
