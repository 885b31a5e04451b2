"""The counts of one answer: character edits, word edits, exact match, ANLS.

jiwer builds a full alignment of every pair; only its length is needed here, so the same library under
jiwer (rapidfuzz) is asked for the distance itself. The sums equal jiwer's (a test holds it).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rapidfuzz.distance import Levenshtein

from promptfit.score.normalize import Chain
from promptfit.types import Counts

_RUNS_OF_SPACE = re.compile(r"\s\s+")
_ANLS_THRESHOLD = 0.5


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
    seen: dict[tuple[str, str], Counts] = {}  # prompts of one field tend to be answered alike
    return [
        seen.get(pair) or seen.setdefault(pair, _counts(chain(pair[0]), chain(pair[1])))
        for pair in zip(truths, answers, strict=True)
    ]


def ratio(edits: int, total: int) -> float:
    """Returns ``edits / total``, or the edits themselves where there is no truth at all, as jiwer does."""
    return edits / total if total else float(edits)


def _counts(truth: str, answer: str) -> Counts:
    edits = Levenshtein.distance(truth, answer)
    true_words, words = _words(truth), _words(answer)
    return Counts(
        edits=edits,
        chars=len(truth),
        word_edits=Levenshtein.distance(true_words, words),
        words=len(true_words),
        exact=edits == 0,
        anls=_anls(edits, max(len(truth), len(answer))),
    )


def _words(text: str) -> list[str]:
    """Splits as jiwer's default does: a run of white space is one space, and only a space parts words."""
    return [word for word in _RUNS_OF_SPACE.sub(" ", text).strip().split(" ") if word]


def _anls(edits: int, longest: int) -> float:
    """arXiv 1905.13648: 1 - edits / length of the longer text, and 0 from a distance of one half on."""
    distance = edits / longest if longest else 0.0
    return 1.0 - distance if distance < _ANLS_THRESHOLD else 0.0
