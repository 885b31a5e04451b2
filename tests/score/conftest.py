from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from promptfit.types import Answer, Counts, Field, Reading, Sample, Scored


@pytest.fixture
def scored_from() -> Callable[[Iterable[tuple[str, Counts]]], list[Scored]]:
    """Makes scored samples of (document, counts) alone."""
    field = Field("passport", "Фамилия")
    return lambda pairs: [
        Scored(Sample(document, Path("x.png"), "0" * 64, "", "", field, "search"), Answer(""), Reading(""), counts)
        for document, counts in pairs
    ]


@pytest.fixture
def counts_of() -> Callable[[int, int], Counts]:
    """Makes counts of which only the characters matter."""
    return lambda edits, chars: Counts(
        {
            "cer": (edits, chars),
            "exact": (int(edits == 0), 1),
            "wer": (min(edits, 1), 1),
            "anls": (float(edits == 0), 1),
            "value": (int(edits == 0), 1),
            "missed": (0, 1),
            "false_extraction": (0, 0),
            "fidelity": (0, 0),
        }
    )
