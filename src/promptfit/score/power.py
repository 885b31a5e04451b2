"""How many documents a comparison needs."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

import numpy as np


def documents_needed(differences: Sequence[float], alpha: float = 0.05, power: float = 0.8) -> int | None:
    """Documents of the same kind at which a paired two-sided test would tell the two prompts apart.

    ``n = ((z(1 - alpha / 2) + z(power)) * sd / mean) ** 2``: Chow, Shao and Wang, Sample Size Calculations in Clinical
    Research, section 3.1 (one sample, here the differences). It takes the observed difference for the true one, so it
    is a plan and no promise.

    Args:
        differences: One a document: edits of one prompt minus edits of the other.
        alpha: Error rate of the test, after any correction.
        power: Chance to find the difference.

    Returns:
        The documents in all, those that are there included; None where no difference was seen, or one document.
    """
    from scipy.special import ndtri

    values = np.asarray(differences, dtype=np.float64)
    if len(values) < 2 or not values.sum():
        return None
    ratio = float(values.std(ddof=1) / abs(values.mean()))
    documents: int = ceil(((ndtri(1 - alpha / 2) + ndtri(power)) * ratio) ** 2)
    return max(2, documents)


def detectable(differences: Sequence[float], chars: float, alpha: float = 0.05, power: float = 0.8) -> float | None:
    """The smallest gap in CER that as many documents would show, by the same formula.

    Args:
        differences: One a document: edits of one prompt minus edits of the other.
        chars: Characters of the truth of all these documents.
        alpha: Error rate of the test, after any correction.
        power: Chance to find the difference.

    Returns:
        The gap; None where it can't be said: one document, no truth, or no document that differs.
    """
    from scipy.special import ndtri

    values = np.asarray(differences, dtype=np.float64)
    if len(values) < 2 or not chars or not values.any():
        return None
    return float((ndtri(1 - alpha / 2) + ndtri(power)) * values.std(ddof=1) * len(values) ** 0.5 / chars)
