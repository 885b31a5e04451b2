"""Which characters of an answer differ from the truth, for colouring."""

from __future__ import annotations

from collections.abc import Iterator

from rapidfuzz.distance import Levenshtein

SAME, EXTRA, MISSING, MORE = "same", "extra", "missing", "more"
LONGEST = 2000
"""Characters of a truth and of an answer that are laid beside each other: an answer may have a million, and where it
repeats itself the truth fits everywhere."""

Runs = list[tuple[str, str]]


def runs(truth: str, answer: str, longest: int = LONGEST) -> Runs:
    """Returns what both have (``same``), what only the answer has (``extra``), what only the truth has (``missing``).

    ``same`` and ``extra`` joined are the answer; ``same`` and ``missing`` joined are the truth. The edits are as few as
    can be; where there are several ways, the truth is laid beside one stretch of the answer, in the fewest runs:
    a chatty answer mostly has the value at one place. Of longer texts only the start is looked at; then the last run is
    ``more``, with the number of the answer's further characters.
    """
    found = min(_ways(truth[:longest], answer[:longest]), key=len)
    return [*found, (MORE, str(len(answer) - longest))] if len(answer) > longest else found


def _ways(truth: str, answer: str) -> Iterator[Runs]:
    yield _aligned(truth, answer)
    before = len(answer) - len(truth)
    spare = Levenshtein.distance(truth, answer) - before
    for start in range(before + 1) if truth else ():
        stretch = answer[start : start + len(truth)]
        if Levenshtein.distance(truth, stretch, score_cutoff=spare) <= spare:
            sides = [[(EXTRA, side)] if side else [] for side in (answer[:start], answer[start + len(truth) :])]
            yield _joined([*sides[0], *_aligned(truth, stretch), *sides[1]])


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
