"""How long a selection's statistics take: 1,000 candidates on 1,000 documents, from the texts of a million answers.

Beside it, what one would write without this package: jiwer's CER and WER of every answer, scipy's BCa bootstrap of
every candidate; on a few candidates of the same data, and scaled.
"""

from __future__ import annotations

import random
import resource
import time
from collections.abc import Sequence

import numpy as np

from benchmarks.row import Row
from benchmarks.stated import stated
from promptfit.score.normalize import Chain
from promptfit.score.paired import holm
from promptfit.score.tally import Tally
from promptfit.select.finalists import finalists
from promptfit.types import Score

CANDIDATES = DOCUMENTS = 1000
RESAMPLES = 2000
PLAIN = 20
"""Candidates on which the plain way is timed."""
LETTERS = "абвгдежзийклмнопрстуфхцчшщъыьэюя 0123456789"

Texts = tuple[list[str], list[list[str]]]


def main() -> list[Row]:
    """Times both on the same texts."""
    truths, answers = texts(CANDIDATES, DOCUMENTS)
    before = _peak()
    started = time.perf_counter()
    scores, adjusted = ours(truths, answers)
    seconds, peak = time.perf_counter() - started, _peak()
    started = time.perf_counter()
    theirs = plain(truths, answers[:PLAIN])
    theirs_seconds = (time.perf_counter() - started) * CANDIDATES / PLAIN
    equal = all(one.cer == cer for one, (cer, _, _) in zip(scores, theirs, strict=False))
    assert len(adjusted) == CANDIDATES - 1
    what = f"{CANDIDATES:,} candidates x {DOCUMENTS:,} documents: "
    faster = theirs_seconds / seconds
    return [
        Row(what + "counts, intervals, tests", f"{seconds:.1f} s", "<= 60 s", seconds <= 60),
        Row(what + "memory at most", f"{peak:.2f} GB ({before:.2f} GB texts)", "<= 2 GB", peak <= 2),
        Row(what + "against jiwer and scipy", f"{faster:.0f}x ({theirs_seconds:.0f} s)", ">= 20x", faster >= 20),
        Row(what + f"CERs of {PLAIN} equal jiwer's", "to the last digit" if equal else "NO", "equal", equal),
    ]


def ours(truths: Sequence[str], answers: Sequence[Sequence[str]]) -> tuple[list[Score], list[float]]:
    """Every candidate's score with its interval, and the leader against all others, Holm over them."""
    tally = Tally.of_texts(truths, answers, range(len(truths)), Chain())
    scores = tally.scores(resamples=RESAMPLES)
    found = finalists(tally.losses, [f"{place:04}" for place in range(len(answers))], stated("racing/select"), 0)
    return scores, holm([found.p[row] for row in found.order[1:]])


def plain(truths: Sequence[str], answers: Sequence[Sequence[str]]) -> list[tuple[float, float, float]]:
    """Each candidate's CER and the ends of its interval, with jiwer answer by answer, and scipy."""
    import jiwer
    from scipy.stats import bootstrap

    found = []
    for own in answers:
        made = [jiwer.process_characters(truth, text) for truth, text in zip(truths, own, strict=True)]
        for truth, text in zip(truths, own, strict=True):
            jiwer.wer(truth, text)
        edits = np.array([one.substitutions + one.deletions + one.insertions for one in made], dtype=float)
        chars = np.array([len(truth) for truth in truths], dtype=float)
        ends = bootstrap(
            (edits, chars),
            lambda e, c, axis: e.sum(axis=axis) / c.sum(axis=axis),
            n_resamples=RESAMPLES,
            method="BCa",
            paired=True,
            vectorized=True,
            rng=np.random.default_rng(0),
        ).confidence_interval
        found.append((float(edits.sum() / chars.sum()), float(ends.low), float(ends.high)))
    return found


def texts(candidates: int, documents: int, seed: int = 0) -> Texts:
    """True answers, and those of candidates that misread a part of the documents, each in its own way."""
    draw = random.Random(seed)
    truths = ["".join(draw.choices(LETTERS, k=draw.randint(5, 25))).strip() or "а" for _ in range(documents)]
    shares = [draw.uniform(0.1, 0.8) for _ in range(candidates)]
    return truths, [[_misread(truth, draw) if draw.random() < share else truth for truth in truths] for share in shares]


def _misread(text: str, draw: random.Random) -> str:
    letters = list(text)
    for _ in range(draw.randint(1, 4)):
        letters[draw.randrange(len(letters))] = draw.choice(LETTERS)
    return "".join(letters)


def _peak() -> float:
    """The most memory that this process has held, in GB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
