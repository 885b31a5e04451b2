"""Whether a selection is ever worse than the best single collection: simulated, seeded."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from benchmarks.row import Row
from benchmarks.simulation import ZONE, Floats, Ints, candidates
from promptfit.select.finalists import cheapest_of_the_best
from promptfit.select.mixing import Contest, out_of_sample
from promptfit.types import Field

FIELDS = 17
DOCUMENTS = 140
FOLDS, DOUBT = 10, 0.5
"""As conf/select.yaml has them."""
KINDS = {
    "alike": "labels of the same quality",
    "one better": "one label better everywhere",
    "here and there": "one label good, others bad in a third of the fields",
    "in fields": "labels better in different fields",
}


def rows(runs: int) -> Iterator[Row]:
    """How far the chosen set's true macro CER is above that of the best single collection, on average."""
    for kind, words in KINDS.items():
        for labels in (2, 5):
            ours, mix = above(runs // 2, kind, labels)
            measured = f"{ours:+.5f} (always the mix {mix:+.5f})"
            what = f"chosen set against the truly best of {labels} collections, {words}: macro CER"
            better = kind != "in fields" or ours < 0
            yield Row(what, measured, "<= +0.001, below 0 where it can be", ours <= 0.001 and better)


def above(runs: int, kind: str, labels: int) -> tuple[float, float]:
    """The mean over selections; and the same if the mix were always taken."""
    ours, mixes = [], []
    for seed in range(runs):
        generator = np.random.default_rng([seed, labels, len(kind)])
        cers = _cers(generator, kind, labels)
        drawn = [candidates(generator, cers[:, place], DOCUMENTS) for place in range(FIELDS)]
        chosen = [_best(one.edits, one.chars) for one in drawn]
        macros = np.mean([one.edits.sum(axis=1) / one.chars.sum() for one in drawn], axis=0)
        single = int(np.argmin(macros))
        contests = {
            Field("simulated", str(place)): Contest(
                [str(number) for number in range(DOCUMENTS)],
                np.concatenate([one.edits, one.edits[[single]]]),
                one.chars,
                [str(label) for label in range(labels)],
                [(0.0, 0.0)] * labels,
            )
            for place, one in enumerate(drawn)
        }
        mix = float(np.mean([cers[row, place] for place, row in enumerate(chosen)]))
        taken = out_of_sample("single", contests, FOLDS, ZONE, DOUBT)
        best = float(cers.mean(axis=1).min())
        mixes.append(mix - best)
        ours.append((mix if taken.mixed else float(cers[single].mean())) - best)
    return float(np.mean(ours)), float(np.mean(mixes))


def _best(edits: Ints, chars: Ints) -> int:
    texts = [str(place) for place in range(len(edits))]
    return cheapest_of_the_best(edits.sum(axis=1), int(chars.sum()), texts, [(0.0, 0.0)] * len(edits), ZONE)


def _cers(generator: np.random.Generator, kind: str, labels: int) -> Floats:
    """True CERs, shape ``(labels, fields)``."""
    base = np.exp(generator.normal(np.log(0.008), 0.8, FIELDS))
    cers = np.tile(base, (labels, 1))
    match kind:
        case "alike":
            cers *= np.exp(generator.normal(0, 0.15, cers.shape))
        case "one better":
            cers[1:] *= 1.5
        case "here and there":
            cers[1:] *= np.where(generator.random((labels - 1, FIELDS)) < 0.3, 3.0, 1.0)
        case _:
            cers *= np.exp(generator.normal(0, 0.6, cers.shape))
    capped: Floats = np.minimum(cers, 0.5)
    return capped
