"""What a record's answer adds to every metric, out of what its fields add."""

from __future__ import annotations

from collections.abc import Sequence
from math import fsum

from promptfit.score.metrics import FIDELITY, METRICS
from promptfit.types import Counts


def record_counts(fields: Sequence[Counts], weights: Sequence[int], faithful: bool) -> Counts:
    """Adds fields up so that each counts alike, whatever the length of its values: a record's CER is their mean.

    Amounts stay whole numbers, as races want them. They are for comparing prompts on the same documents; what is
    quoted is ``evaluate.overall.score_of``, the mean over fields itself.

    Args:
        fields: What each field adds.
        weights: Of each field's characters, see ``types.Record``.
        faithful: Whether the answer is JSON with all keys and no others.
    """
    parts: dict[str, tuple[float, int]] = {}
    for name, metric in METRICS.items():
        sizes: Sequence[int] = weights if metric.by_length else [1] * len(fields)
        own = [(size * one.parts[name][0], size * one.parts[name][1]) for size, one in zip(sizes, fields, strict=True)]
        parts[name] = fsum(amount for amount, _ in own), sum(weight for _, weight in own)
    return Counts({**parts, FIDELITY.name: (int(faithful), 1)})
