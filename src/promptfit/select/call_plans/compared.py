"""A call a field against one call a document, on the same documents."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from promptfit.evaluate.alike import alike
from promptfit.evaluate.overall import overall, strata
from promptfit.score.macro import macro_change
from promptfit.score.metrics import METRICS, Metric
from promptfit.score.paired import sign_flip
from promptfit.select.call_plans.calls_record import BothWays, FieldCalls
from promptfit.types import Field, Scored

SHOWN = ("cer", "value", "exact")
"""The metrics that are compared."""
FLIPS = 20_000
BETTER, AS_GOOD, WORSE, UNTOLD = "better", "as good", "worse", "not told apart"
Answers = Mapping[Field, Sequence[Scored]]


def both_ways(fields: Answers, record: Answers, seed: int = 0) -> dict[str, BothWays]:
    """Every shown metric as the mean over the fields, with its paired change.

    Args:
        fields: Answers to a call a field, by field.
        record: The same samples by one call a document, by field.
        seed: Seed of the intervals.
    """
    return {name: _both(METRICS[name], fields, record, seed) for name in SHOWN}


def field_calls(fields: Answers, record: Answers, margin: float, seed: int = 0) -> list[FieldCalls]:
    """Every field alone, both ways."""
    made = []
    for field, own in fields.items():
        metrics = both_ways({field: own}, {field: record[field]}, seed)
        made.append(FieldCalls(field.name, metrics, verdict(metrics["cer"], margin)))
    return made


def verdict(cer: BothWays, margin: float) -> str:
    """What is said of one call.

    It is ``as good`` where the whole interval of what it adds lies under the margin (a test of non-inferiority), or
    where no document changed.
    """
    if cer.high is None or cer.low is None:
        return AS_GOOD if cer.change <= margin else UNTOLD
    if cer.high < 0:
        return BETTER
    if cer.high <= margin:
        return AS_GOOD
    return WORSE if cer.low > 0 else UNTOLD


def p_value(fields: Answers, record: Answers, seed: int = 0) -> float:
    """Two-sided sign-flip test over documents on what one call adds to the mean of the fields' CERs."""
    gaps: dict[str, float] = {}
    for field, own in fields.items():
        chars = sum(one.counts.chars for one in own)
        edits = {one.sample: one.counts.edits for one in own}
        for one in record[field]:
            gap = (one.counts.edits - edits[one.sample]) / max(1, chars)
            gaps[one.sample.document] = gaps.get(one.sample.document, 0.0) + gap
    return sign_flip(list(gaps.values()), FLIPS, seed)


def same_samples(fields: Answers, record: Answers) -> tuple[dict[Field, list[Scored]], dict[Field, list[Scored]]]:
    """The answers of both to what both were asked of, in one order."""
    one, other = alike(fields, record)
    return one, {field: other[field] for field in one}


def _both(metric: Metric, fields: Answers, record: Answers, seed: int) -> BothWays:
    one, other = (overall(own, seed, metric).macro.values[metric.name] for own in (fields, record))
    change, low, high = macro_change(strata(fields, metric), strata(record, metric), seed)
    ends = [None if math.isnan(end) else end for end in (low, high)]
    if metric.higher:  # the change is that of the loss
        change, ends = -change, [None if end is None else -end for end in reversed(ends)]
    return BothWays(one, other, change, *ends)
