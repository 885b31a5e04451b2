"""Truths and answers side by side, normalised: what metrics are counted from."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import Levenshtein
from rapidfuzz.process import cpdist

from promptfit.score.normalize import Chain
from promptfit.score.values import Bools, absent, same_values
from promptfit.types import ValueKind

Ints = NDArray[np.int64]
MOST = 10**10
"""Characters of a truth times those of an answer that are compared, which takes a second: 10 and a million are, but a
million and a million would take minutes. Of longer ones the first ``_SIDE`` are compared, and all others count as
edits: never too few of them."""
_SIDE = 10**5
_RUNS_OF_SPACE = re.compile(r"\s\s+")


class Pairs:
    """Pairs of a truth and an answer; what several metrics need is counted once, when it is first asked for.

    jiwer builds a full alignment of every pair; only its length is needed here, so the same library under
    jiwer (rapidfuzz) is asked for the distances themselves, a list at a time. The sums equal jiwer's (a test holds it).

    Args:
        texts: The true answers, and what was answered, in the same order.
        kinds: What each truth is.
        chain: The normalisation.

    Attributes:
        truths: The true answers, normalised; empty where they say that nothing is there.
        answers: What was answered, normalised; empty where it says so of a truth that does.
        there: Whether something is there, truth by truth.
        said: Whether something is answered.
    """

    def __init__(self, texts: tuple[Sequence[str], Sequence[str]], kinds: Sequence[ValueKind], chain: Chain) -> None:
        self._texts, self._kinds = texts, kinds
        plain = {text: chain(text) for side in texts for text in set(side)}
        self.there, self.said = (~absent(side, kinds) for side in texts)
        self.truths = [plain[text] if there else "" for text, there in zip(texts[0], self.there.tolist(), strict=True)]
        heard = (self.there | self.said).tolist()
        self.answers = [plain[text] if one else "" for text, one in zip(texts[1], heard, strict=True)]

    def __len__(self) -> int:
        return len(self.truths)

    @cached_property
    def edits(self) -> Ints:
        """Substitutions + deletions + insertions of characters."""
        return _distances(self.truths, self.answers)

    @cached_property
    def chars(self) -> Ints:
        """Characters of the truths."""
        return np.fromiter(map(len, self.truths), np.int64, len(self))

    @cached_property
    def same(self) -> Bools:
        """Whether truth and answer are the same value of the truth's type, or both say that nothing is there."""
        same: Bools = (self.there == self.said) & same_values(self._texts, self._kinds, self.there & self.said)
        return same

    @cached_property
    def distance(self) -> NDArray[np.float64]:
        """Edits over the longer one's characters: 0 for equal texts, at most 1."""
        longest = np.maximum(self.chars, np.fromiter(map(len, self.answers), np.int64, len(self)))
        return self.edits / np.maximum(longest, 1)

    @cached_property
    def words(self) -> Ints:
        """Words of the truths."""
        return np.fromiter((len(self._split[text]) for text in self.truths), np.int64, len(self))

    @cached_property
    def word_edits(self) -> Ints:
        """Substitutions + deletions + insertions of words."""
        edits = np.zeros_like(self.edits)
        wrong = np.flatnonzero(self.edits).tolist()  # equal texts have equal words
        truths = [self._split[self.truths[place]] for place in wrong]
        edits[wrong] = _distances(truths, [_words(self.answers[place]) for place in wrong])
        return edits

    @cached_property
    def _split(self) -> dict[str, list[str]]:
        return {text: _words(text) for text in set(self.truths)}

    @property
    def ones(self) -> Ints:
        """The weight of a metric that is a mean over answers."""
        return np.ones(len(self), np.int64)


def edits(truth: str, answer: str) -> int:
    """Substitutions + deletions + insertions of characters between two texts, as ``Pairs`` counts them."""
    return int(_distances([truth], [answer])[0])


def _distances(left: Sequence[Sequence[str]], right: Sequence[Sequence[str]]) -> Ints:
    if not left:
        return np.zeros(0, np.int64)
    shown, rest = [list(side) for side in (left, right)], np.zeros(len(left), np.int64)
    for place, (one, other) in enumerate(zip(left, right, strict=True)):
        if len(one) * len(other) > MOST:
            shown[0][place], shown[1][place] = one[:_SIDE], other[:_SIDE]
            rest[place] = max(len(one), len(other), _SIDE) - _SIDE
    return cpdist(*shown, scorer=Levenshtein.distance, dtype=np.int64) + rest


def _words(text: str) -> list[str]:
    """Splits as jiwer's default does: a run of white space is one space, and only a space parts words."""
    return [word for word in _RUNS_OF_SPACE.sub(" ", text).strip().split(" ") if word]
