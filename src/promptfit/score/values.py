"""Truths and answers as values: which of them say that nothing is there, and which are the same value."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from promptfit.score.normalize import Chain
from promptfit.support.parsing.absence import is_absent
from promptfit.support.parsing.value_types import same_value_of
from promptfit.types import ValueKind

Bools = NDArray[np.bool_]


def absent(texts: Sequence[str], kinds: Sequence[ValueKind]) -> Bools:
    """Whether each text says that nothing is there, as its kind has it; shape ``(texts,)``."""
    asked = {(id(kind), text): kind for text, kind in zip(texts, kinds, strict=True)}
    found = {key: is_absent(key[1], kind) for key, kind in asked.items()}
    return np.fromiter((found[id(kind), text] for text, kind in zip(texts, kinds, strict=True)), np.bool_, len(texts))


def same_values(texts: tuple[Sequence[str], Sequence[str]], kinds: Sequence[ValueKind], of: Bools) -> Bools:
    """Whether truths and answers are the same values, as they came: no normalisation makes values equal.

    Args:
        texts: Truths and answers.
        kinds: Of the truths.
        of: Which pairs are compared; True for all others. Shape ``(pairs,)``, as is what is returned.
    """
    same = np.ones(len(kinds), np.bool_)
    found: dict[tuple[int, str, str], bool] = {}
    for place in np.flatnonzero(of).tolist():
        kind, truth, answer = kinds[place], texts[0][place], texts[1][place]
        if truth != answer:
            key = id(kind), truth, answer
            if key not in found:
                found[key] = same_value_of(truth, answer, kind)
            same[place] = found[key]
    return same


def compared(truth: str, answer: str, kind: ValueKind, chain: Chain) -> tuple[str, str]:
    """The texts that characters are counted in: both normalised, and empty where both say that nothing is there."""
    there = not is_absent(truth, kind)
    return chain(truth) if there else "", chain(answer) if there or not is_absent(answer, kind) else ""
