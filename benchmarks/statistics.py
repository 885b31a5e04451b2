"""Whether a selection's statistics hold: coverage, false winners, power, what a race loses. Simulated, seeded."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from benchmarks import mixing
from benchmarks.row import Row
from benchmarks.simulation import Floats, candidates, documents, paired, run
from benchmarks.stated import stated
from promptfit.score.bootstrap import bca_of, ratios, weights
from promptfit.score.intervals import intervals
from promptfit.select.select_rules import Rules

RUNS = 2000
TEXTS = ["x" * (20 + 7 * place % 20) for place in range(20)]
"""Prompts of all lengths, in no order of merit."""
LARGE = 2_000_000
"""Documents from which the true CER is taken."""


def main() -> list[Row]:
    """All of them; minutes."""
    return [*coverage(RUNS), *false_winners(RUNS), power(RUNS), *race(RUNS), *mixing.rows(RUNS)]


def coverage(runs: int) -> Iterator[Row]:
    """How often the 95 % interval holds the true CER."""
    kinds = [("some", 0.1), ("some", 0.3), ("rambling", 0.1), ("rambling", 0.3), ("to the limit", 0.15)]
    for kind, share in kinds:
        for count in (60, 133, 400):
            ours, plain, longer = covered(runs, count, share, kind)
            what = f"coverage, {count} documents, {share:.0%} erring, {kind}"
            measured = f"{ours:.1%}, {longer:.2f}x as long as BCa, which alone has {plain:.1%}"
            yield Row(what, measured, ">= 93 %", ours >= 0.93)


def covered(runs: int, count: int, share: float, kind: str) -> tuple[float, float, float]:
    """The coverage of our interval and that of BCa alone, and how much longer ours is; data without an error count."""
    generator = np.random.default_rng([count, int(share * 100), len(kind)])
    edits, chars = documents(generator, 1, LARGE, share, kind)
    true = edits.sum() / chars.sum()
    held, length = np.zeros(2), np.zeros(2)
    for row, sizes in zip(*documents(generator, runs, count, share, kind), strict=True):
        low, high, _ = intervals(row[None], sizes)
        both = [(low[0], high[0]), bca(row, sizes) if row.any() else (0.0, 0.0)]
        held += [one[0] <= true <= one[1] for one in both]
        length += [one[1] - one[0] for one in both] if row.any() else 0.0
    return float(held[0] / runs), float(held[1] / runs), float(length[0] / length[1])


def bca(edits: Floats, chars: Floats, resamples: int = 2000) -> tuple[float, float]:
    """The bias-corrected and accelerated bootstrap interval over documents, for comparison."""
    drawn = weights(len(chars), 0, resamples)
    left_out = ratios(edits.sum() - edits, chars.sum() - chars)
    gap = left_out.mean() - left_out
    acceleration = (gap**3).sum() / max(6 * (gap**2).sum() ** 1.5, 1e-300)
    point = np.array([edits.sum() / chars.sum()])
    low, high = bca_of(ratios(edits @ drawn, chars @ drawn)[None], point, np.array([acceleration]))
    return float(low[0]), float(high[0])


def false_winners(runs: int) -> Iterator[Row]:
    """How often a winner is significant where all candidates are alike."""
    for number in (2, 20):
        for racing in ("select", "off"):
            rate = winners(runs, number, stated(f"racing/{racing}"))
            what = f"significant winner among {number} equals, race {'off' if racing == 'off' else 'on'}"
            yield Row(what, f"{rate:.1%}", "<= 6 %", rate <= 0.06)


def winners(runs: int, number: int, rules: Rules, count: int = 400) -> float:
    """The share of runs with a significant winner among equals."""
    found = 0
    for seed in range(runs):
        field = candidates(np.random.default_rng([seed, number]), np.full(number, 0.15), count)
        found += run(rules, field, TEXTS[:number]).settled
    return found / runs


def power(runs: int) -> Row:
    """How often a CER gap of 0.04 is found."""
    fields = (paired(np.random.default_rng([seed, 9]), 0.04, 0.25, 400) for seed in range(runs))
    found = sum(run(stated("racing/select"), field, TEXTS[:2]).settled for field in fields) / runs
    return Row("power: gap 0.04, paired sd 0.25, 400 documents", f"{found:.1%}", ">= 80 %", found >= 0.8)


def race(runs: int) -> Iterator[Row]:
    """What a race of 20 candidates loses, and what it saves."""
    for kind in ("evenly", "at random"):
        lost, near, share = raced(runs, kind)
        what = f"20 candidates spread {kind} over 0.05-0.5, 400 documents: "
        yield Row(what + "the best is dropped", f"{lost:.1%}", "<= 5 %", lost <= 0.05)
        yield Row(what + "within 0.005 of full evaluation", f"{near:.1%}", ">= 95 %", near >= 0.95)
        yield Row(what + "requests", f"{share:.1%}", "<= 33.3 %", share <= 1 / 3)


def raced(runs: int, kind: str) -> tuple[float, float, float]:
    """Share of runs that dropped the best, that ended within 0.005 of full evaluation, and of the requests."""
    lost, near, requests = 0, 0, 0
    for seed in range(runs):
        generator = np.random.default_rng([seed, 20])
        cers = np.linspace(0.05, 0.5, 20) if kind == "evenly" else generator.uniform(0.05, 0.5, 20)
        generator.shuffle(cers)
        field = candidates(generator, cers, 400)
        ours, full = (run(stated(f"racing/{name}"), field, TEXTS) for name in ("select", "off"))
        lost += int(np.argmin(cers)) not in ours.race.running
        near += bool(cers[ours.winner] <= cers[full.winner] + 0.005)
        requests += ours.requests
    return lost / runs, near / runs, requests / (runs * 20 * 400)
