"""Which seeds a benchmark runs: its own, or those that PROMPTFIT_SEEDS names."""

from __future__ import annotations

import os


def seeds(default: int) -> range:
    """Reads PROMPTFIT_SEEDS: ``20`` is the first twenty, ``20-39`` is these twenty.

    Args:
        default: How many seeds from 0 on where nothing is said.

    Raises:
        ValueError: It is neither a number nor a range.
    """
    first, dash, last = os.environ.get("PROMPTFIT_SEEDS", str(default)).partition("-")
    return range(int(first), int(last) + 1) if dash else range(int(first))
