"""Data sets out of a seeded generator, to see whether the statistics hold on errors like those of a VLM.

Errors of reading are zero-inflated: most documents are read without any, and where one is not, a few characters are
wrong, or all of them. Documents differ in how hard they are, for all candidates alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from promptfit.select.field_race import FieldRace
from promptfit.select.finalists import cheapest_of_the_best, finalists
from promptfit.select.select_rules import Rules

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
ZONE = 0.001
"""As conf/select.yaml has it."""
RAMBLING = 0.2
"""Of `rambling` errors, the share where the answer runs on and on."""


def documents(
    generator: np.random.Generator, sets: int, count: int, share: float, kind: str = "some"
) -> tuple[Floats, Floats]:
    """Edits and characters of one candidate on documents of one to three samples, shape ``(sets, count)`` each.

    Args:
        generator: Draws everything.
        sets: Data sets.
        count: Documents of each.
        share: Documents that err, of all.
        kind: `some`: from one character to all of them. `rambling`: few characters, but now and then far too many.
            `to the limit`: most answers of an erring document run to the token limit, one in ten of the others has a
            few characters wrong.
    """
    shape = (sets, count)
    samples, erring = generator.integers(1, 4, shape), generator.random(shape) < share
    edits, chars = np.zeros(shape), np.zeros(shape)
    for number in range(3):
        there = samples > number
        size = generator.integers(4, 25, shape)
        wrong = erring & ((generator.random(shape) < 0.7) | (number == 0))
        few = generator.integers(1, 4, shape)
        if kind == "some":
            made = 1 + np.floor(generator.random(shape) * size)
        elif kind == "to the limit":
            made = generator.integers(150, 251, shape)
            edits += there * ~wrong * (generator.random(shape) < 0.1) * few
        else:
            made = np.where(generator.random(shape) < RAMBLING, size + generator.geometric(0.05, shape), few)
        edits += there * wrong * made
        chars += there * size
    return edits, chars


@dataclass(frozen=True, slots=True)
class Field:
    """Candidates on the documents of one field."""

    edits: Ints
    """Shape ``(candidates, documents)``."""
    chars: Ints
    """Shape ``(documents,)``."""


def candidates(generator: np.random.Generator, cers: Floats, count: int) -> Field:
    """Candidates of known true CERs; half of what makes an error is the document's, half the candidate's own.

    A candidate errs on 1.6 times its CER of the documents, on average on a share of their characters that makes up for
    it.
    """
    shares = np.clip(1.6 * cers, 0.0, 0.95)[:, None]
    own = generator.random((len(cers), count))
    hard = np.where(generator.random((len(cers), count)) < 0.5, generator.random(count), own)
    chars = generator.integers(6, 21, count)
    extent = generator.beta(2, 2, (len(cers), count)) * 2 * cers[:, None] / shares
    edits = np.where(hard < shares, np.floor(extent * chars + generator.random((len(cers), count))), 0)
    return Field(edits.astype(np.int64), chars.astype(np.int64))


def paired(generator: np.random.Generator, gap: float, spread: float, count: int, size: int = 100) -> Field:
    """Two candidates whose CERs differ by the gap, with this standard deviation of a document's difference."""
    differences = np.rint(generator.normal(gap, spread, count) * size).astype(np.int64)
    base = np.maximum(0, -differences)
    return Field(np.stack([base, base + differences]), np.full(count, size, dtype=np.int64))


@dataclass(frozen=True, slots=True)
class Raced:
    """How a race went."""

    race: FieldRace
    winner: int
    requests: int
    settled: bool
    """The winner is significantly better than every other candidate."""


def run(rules: Rules, field: Field, texts: Sequence[str]) -> Raced:
    """Runs a race over documents of one sample, and chooses as a selection of this one field does."""
    race, requests = FieldRace(rules, texts, len(field.chars)), 0
    while not race.over:
        block = race.block()
        requests += len(block) * len(race.running)
        race.take(field.edits[race.running, block.start : block.stop])
    own = [texts[place] for place in race.running]
    edits, chars = field.edits[race.running], int(field.chars.sum())
    found = finalists(edits, own, rules, len(race.looks))
    p = max([found.hardest or 0.0, *(drop.p for drop in race.drops)])
    tied = found.ties(rules.alpha) if p > rules.alpha else ()
    pool = [found.order[0], *tied]
    free = [(0.0, 0.0)] * len(pool)
    row = pool[cheapest_of_the_best(edits.sum(axis=1)[pool], chars, [own[place] for place in pool], free, ZONE)]
    return Raced(race, race.running[row], requests, p <= rules.alpha)
