"""Which characters are read as which."""

from __future__ import annotations

from collections import Counter

import numpy as np
from rapidfuzz.distance import Levenshtein

from promptfit.study.errors.attribution import Ledger
from promptfit.study.records.errors_json import Confusion

MOST = 200
"""Confusions that are kept: a runaway answer can have any character there is."""


def confusions(ledger: Ledger) -> list[Confusion]:
    """The most frequent confusions, by jiwer's alignment.

    What was misread alone counts: not what is charged to a whole answer, to words around the value, or to its form. All
    counts together are the edits of the kinds ``substitution``, ``lost`` and ``added``, as long as nothing is cut off.
    """
    pairs: Counter[tuple[str, str]] = Counter()
    texts: Counter[str] = Counter()
    times = np.bincount(ledger.pair, minlength=len(ledger.truths)).tolist()
    for truth, charged, count in zip(ledger.truths, ledger.charged, times, strict=True):
        true, read = charged.misread or (truth, truth)
        texts[true] += count  # as it was compared: a share is of what could be misread so
        for edit in Levenshtein.editops(true, read) if true != read else ():
            lost = "" if edit.tag == "insert" else true[edit.src_pos]
            said = "" if edit.tag == "delete" else read[edit.dest_pos]
            pairs[lost, said] += count
    occurrences: Counter[str] = Counter()
    for text, count in texts.items():
        for letter, inside in Counter(text).items():
            occurrences[letter] += inside * count
    occurrences[""] = max(1, occurrences.total())
    ranked = sorted(pairs.items(), key=lambda item: (-item[1], item[0]))[:MOST]
    return [Confusion(true, read, count, count / occurrences[true]) for (true, read), count in ranked]
