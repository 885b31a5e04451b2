"""Which characters of an answer differ from the truth, for colouring."""

from __future__ import annotations

from rapidfuzz.distance import Levenshtein

SAME, EXTRA, MISSING = "same", "extra", "missing"

Runs = list[tuple[str, str]]


def runs(truth: str, answer: str) -> Runs:
    """Returns what both have (``same``), what only the answer has (``extra``), what only the truth has (``missing``).

    ``same`` and ``extra`` joined are the answer; ``same`` and ``missing`` joined are the truth. The edits are as few as
    can be; where there are several ways, the truth is laid beside one stretch of the answer, in the fewest runs:
    a chatty answer mostly has the value at one place.
    """
    ways = [_aligned(truth, answer)]
    before = len(answer) - len(truth)
    spare = Levenshtein.distance(truth, answer) - before
    for start in range(before + 1) if truth else ():
        stretch = answer[start : start + len(truth)]
        if Levenshtein.distance(truth, stretch, score_cutoff=spare) <= spare:
            sides = [[(EXTRA, side)] if side else [] for side in (answer[:start], answer[start + len(truth) :])]
            ways.append(_joined([*sides[0], *_aligned(truth, stretch), *sides[1]]))
    return min(ways, key=len)


def _aligned(truth: str, answer: str) -> Runs:
    found: Runs = []
    for step in Levenshtein.opcodes(truth, answer):
        if step.tag == "equal":
            found.append((SAME, truth[step.src_start : step.src_end]))
            continue
        if step.src_end > step.src_start:
            found.append((MISSING, truth[step.src_start : step.src_end]))
        if step.dest_end > step.dest_start:
            found.append((EXTRA, answer[step.dest_start : step.dest_end]))
    return _joined(found)


def _joined(found: Runs) -> Runs:
    """Neighbours of one kind as one run."""
    joined: Runs = []
    for kind, text in found:
        if joined and joined[-1][0] == kind:
            joined[-1] = (kind, joined[-1][1] + text)
        else:
            joined.append((kind, text))
    return joined
