"""Looks at an answer as a whole: has it one cause, or is the value in it, perhaps among other words?"""

from __future__ import annotations

from functools import lru_cache

from rapidfuzz.distance import Levenshtein
from rapidfuzz.process import extractOne

from promptfit.study.errors.inside import NEAR, nearest, said_inside
from promptfit.study.errors.refusals import is_refusal
from promptfit.study.errors.same_value import same_value
from promptfit.support.parsing.loose import compact, loose

LIKE_ANOTHER, LIKE_NOTHING = 0.8, 0.4
_ALIKE = str.maketrans("03468", "озчбв")
"""Digits that are misread as letters; no digit becomes like another."""
LONGEST = 20_000
"""Of a longer answer only the start says what it is."""
_TELLING = 3
"""Characters from which on a text tells something: a letter instead of another is misread, not invented."""


def look(truth: str, answer: str, others: tuple[str, ...]) -> tuple[str, str]:
    """Returns the cause of the whole answer, as `causes.py` defines it, or none, and the value to go on with.

    Args:
        truth: The true answer.
        answer: Another text.
        others: The true answers of the document's other fields.

    Returns:
        The cause, empty if there is none, and the answer without the words around the value.
    """
    start = answer[:LONGEST]
    true, said = compact(truth), compact(start)
    if not said and true:
        return "empty", answer
    if same_value(truth, answer):
        return "", answer
    if true and (value := said_inside(truth, answer)):
        return "", _value(value, answer, said)
    if is_refusal(answer):
        return "refusal", answer
    likeness = Levenshtein.normalized_similarity(true.translate(_ALIKE), said.translate(_ALIKE))
    rivals = _rivals(others, true)
    if _like_any(said, rivals, above=likeness):
        return "other field", answer
    if true and (value := nearest(truth, answer)):
        return "", _value(value, answer, said)
    if likeness < NEAR and _has_any(start, rivals):
        return "other field", answer
    return "invented" if likeness < LIKE_NOTHING and _tells(true, said) else "", answer


def _value(value: str, answer: str, said: str) -> str:
    """The value, unless nothing but marks and spaces stand around it: those are matters of form."""
    return value if len(compact(value)) < len(said) else answer


def _tells(true: str, said: str) -> bool:
    """Whether a difference can be an invention; not where the truth is repeated, or a character is another."""
    return max(len(true), len(said)) >= _TELLING and not (len(true) >= _TELLING and true in said)


@lru_cache(maxsize=4096)
def _rivals(others: tuple[str, ...], true: str) -> dict[str, str]:
    """The other fields' values that are not the truth, too: as they are compared, and as words."""
    return {compact(one): f" {loose(one)} " for one in others if compact(one) not in ("", true)}


def _like_any(said: str, rivals: dict[str, str], above: float) -> bool:
    if said in rivals:
        return True
    near = [rival for rival in rivals if len(rival) >= LIKE_ANOTHER * len(said)]  # a long answer is like no short one
    if not near:
        return False
    found = extractOne(said, near, scorer=Levenshtein.normalized_similarity, score_cutoff=LIKE_ANOTHER)
    return bool(found and found[1] > above)


def _has_any(answer: str, rivals: dict[str, str]) -> bool:
    words = f" {loose(answer)} "
    return any(rival in words for short, rival in rivals.items() if len(short) >= _TELLING)
