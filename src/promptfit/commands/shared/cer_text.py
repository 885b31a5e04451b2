"""A CER with its interval, as text for people."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from promptfit.select.selection_record import Figures
    from promptfit.study.records.study_source import Cell
    from promptfit.types import Score


def cer_text(one: Score | Figures | Cell | None, form: str = ".3f") -> str:
    """``0.0123 (0.009-0.016)``, or what stands in its place: no error at all, no interval, nothing measured.

    Args:
        one: The CER.
        form: How the ends are written.
    """
    if one is None:
        return "-"
    return bounded(f"{one.cer:.4f}", one.interval, one.low, one.high, one.high or 0, form)


def bounded(value: str, kind: str, low: float | None, high: float | None, erring: float, form: str = ".3f") -> str:
    """A value with its interval; ``erring`` is the bound on the share of erring documents, where none erred."""
    if kind == "exact":
        return f"{value} (errors in at most {erring:.0%} of documents)"
    return f"{value}{ends(low, high, form)}"


def ends(low: float | None, high: float | None, form: str = ".3f", between: str = "-") -> str:
    """The interval in brackets, after a space; nothing where there is none. A dash never stands before a minus."""
    if low is None or high is None or math.isnan(low):
        return ""
    return f" ({low:{form}}{between if low >= 0 else ' to '}{high:{form}})"
