"""Repairs an answer cause by cause, and charges each by how much the edits fall; `causes.py` says the order."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz.distance import Levenshtein

from promptfit.readers.fence import fence
from promptfit.score.normalize import STEPS
from promptfit.score.pairs import edits as count_edits
from promptfit.study.errors.causes import CHATTY, FORMAT, MENDED, MISREAD, WHOLE, WRAPPED, Cause
from promptfit.study.errors.same_value import in_form_of
from promptfit.study.errors.whole import look

_TAKEN = {"remove_punctuation": re.compile(r"[^\w\s]|_"), "remove_spaces": re.compile(r"\s")}
"""What these steps take away."""
MOST = 10**8
"""Characters of a truth times those of an answer that are taken apart, which compares them some twenty times: an answer
of a million beside a truth of 100."""
Charges = dict[Cause, int]
Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Charged:
    """The edits of one answer by their causes."""

    charges: Charges
    """Above 0 each."""
    misread: Pair | None
    """Truth and answer as they stand before ``yo_to_ye`` and the alignment: what differs in them was misread."""


def charge(truth: str, answer: str, others: Sequence[str]) -> Charged:
    """Charges the edits between a truth and an answer, as many as jiwer counts.

    Args:
        truth: The true answer, normalised as it is when edits are counted.
        answer: What was answered, normalised alike.
        others: The true answers of the document's other fields.
    """
    edits = count_edits(truth, answer)
    if not edits:
        return Charged({}, None)
    if len(truth) * len(answer) > MOST:
        return Charged({WHOLE["invented"]: edits}, None)
    whole, value = look(truth, answer, tuple(others))
    if whole:
        return Charged({WHOLE[whole]: edits}, None)
    repair = _Repair(truth, answer, edits)
    repair.take(truth, fence(answer).value, WRAPPED)
    if repair.charges:
        _, value = look(truth, repair.answer, tuple(others))
    repair.take(truth, value, CHATTY)
    written = in_form_of(truth, repair.answer)
    if written != repair.answer and Levenshtein.distance(truth, written) < _normalised(truth, repair.answer):
        repair.take(truth, written, FORMAT)
    misread = repair.pair
    for step in MENDED:
        misread = repair.pair if step == "yo_to_ye" else misread
        repair.normalise(step)
    for edit in Levenshtein.editops(*repair.pair):
        cause = MISREAD[edit.tag]
        repair.charges[cause] = repair.charges.get(cause, 0) + 1
    return Charged(repair.charges, misread)


class _Repair:
    """Truth and answer on their way to each other."""

    def __init__(self, truth: str, answer: str, edits: int) -> None:
        self.truth, self.answer, self.edits = truth, answer, edits
        self.charges: Charges = {}

    @property
    def pair(self) -> Pair:
        return self.truth, self.answer

    def take(self, truth: str, answer: str, cause: Cause) -> None:
        """Goes on with these texts, if fewer edits lie between them."""
        if (truth, answer) == self.pair or len(truth) * len(answer) > MOST:  # a ligature may become 18 letters
            return
        left = Levenshtein.distance(truth, answer)
        if left < self.edits:
            self.charges[cause] = self.edits - left
            self.truth, self.answer, self.edits = truth, answer, left

    def normalise(self, step: str) -> None:
        """Tries a step of score/normalize.py; what it leaves at the ends is stripped, as the default chain does."""
        if (taken := _TAKEN.get(step)) and taken.findall(self.truth) == taken.findall(self.answer):
            return  # without them other letters may happen to stand side by side: that mends nothing
        self.take(STEPS[step](self.truth).strip(), STEPS[step](self.answer).strip(), MENDED[step])


def _normalised(truth: str, answer: str) -> int:
    """The edits that all normalisers together would leave."""
    repair = _Repair(truth, answer, Levenshtein.distance(truth, answer))
    for step in MENDED:
        repair.normalise(step)
    return repair.edits
