"""Which of several true answers an answer is held against, where people read of it."""

from __future__ import annotations

from collections.abc import Sequence

from promptfit.score.normalize import Chain
from promptfit.score.pairs import edits
from promptfit.score.values import compared
from promptfit.types import ValueKind


def nearest(truths: Sequence[str], answer: str, kind: ValueKind, chain: Chain) -> str:
    """The one with the fewest edits to the answer, as the CER counts them; of equals the first."""
    return truths[0] if len(truths) == 1 else min(truths, key=lambda one: edits(*compared(one, answer, kind, chain)))
