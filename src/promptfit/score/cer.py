"""The counts of answers: character edits, word edits, exact match, ANLS.

jiwer builds a full alignment of every pair; only its length is needed here, so the same library under
jiwer (rapidfuzz) is asked for the distances themselves, a list at a time. The sums equal jiwer's (a test holds it).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import Levenshtein
from rapidfuzz.process import cpdist

from promptfit.score.normalize import Chain
from promptfit.types import Counts

Ints = NDArray[np.int64]
_RUNS_OF_SPACE = re.compile(r"\s\s+")
_ANLS_THRESHOLD = 0.5


@dataclass(frozen=True, slots=True)
class Columns:
    """The counts of many answers, one array a count: ``len(edits) == len(answers)``. See ``types.Counts``."""

    edits: Ints
    chars: Ints
    word_edits: Ints
    words: Ints
    anls: NDArray[np.float64]

    @property
    def exact(self) -> NDArray[np.bool_]:
        """Whether the answer is the truth."""
        exact: NDArray[np.bool_] = self.edits == 0
        return exact


def count(truths: Sequence[str], answers: Sequence[str], chain: Chain) -> list[Counts]:
    """Counts the edits from each truth to its answer, both normalised by the chain.

    An empty truth has no characters; what was answered to it counts as insertions, and pools.

    Args:
        truths: The true answers.
        answers: What was answered, in the same order.
        chain: The normalisation.

    Returns:
        One ``Counts`` a pair: ``len(result) == len(truths) == len(answers)``.

    Raises:
        ValueError: The lists differ in length.
    """
    found = columns(truths, answers, chain)
    arrays = (found.edits, found.chars, found.word_edits, found.words, found.exact, found.anls)
    return [Counts(*row) for row in zip(*(array.tolist() for array in arrays), strict=True)]


def columns(truths: Sequence[str], answers: Sequence[str], chain: Chain) -> Columns:
    """Counts as ``count`` does, for lists of a million: arrays instead of objects.

    Raises:
        ValueError: The lists differ in length.
    """
    if len(truths) != len(answers):
        raise ValueError(f"{len(truths)} truths, but {len(answers)} answers")
    plain = {text: chain(text) for text in {*truths, *answers}}
    true, said = [plain[text] for text in truths], [plain[text] for text in answers]
    chars = np.fromiter(map(len, true), np.int64, len(true))
    edits = _distances(true, said)
    longest = np.maximum(chars, np.fromiter(map(len, said), np.int64, len(said)))
    distance = edits / np.maximum(longest, 1)
    anls = np.where(distance < _ANLS_THRESHOLD, 1.0 - distance, 0.0)  # arXiv 1905.13648
    split = {text: _words(text) for text in set(true)}
    words = np.fromiter((len(split[text]) for text in true), np.int64, len(true))
    word_edits = np.zeros_like(edits)
    wrong = np.flatnonzero(edits)  # equal texts have equal words
    word_edits[wrong] = _distances([split[true[i]] for i in wrong], [_words(said[i]) for i in wrong])
    return Columns(edits, chars, word_edits, words, anls)


def ratio(edits: int, total: int) -> float:
    """Returns ``edits / total``, or the edits themselves where there is no truth at all, as jiwer does."""
    return edits / total if total else float(edits)


def _distances(left: Sequence[Sequence[str]], right: Sequence[Sequence[str]]) -> Ints:
    if not left:
        return np.zeros(0, np.int64)
    return cpdist(left, right, scorer=Levenshtein.distance, dtype=np.int64)


def _words(text: str) -> list[str]:
    """Splits as jiwer's default does: a run of white space is one space, and only a space parts words."""
    return [word for word in _RUNS_OF_SPACE.sub(" ", text).strip().split(" ") if word]
