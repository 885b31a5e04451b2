"""What holds for every interval, whatever the errors: finite, ordered, around the point, within what a value can be."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from present import present
from promptfit.score.intervals import intervals
from promptfit.score.macro import Stratum, macro_change, macro_interval
from promptfit.study.grounding.shares import DocumentShare, difference, share

KINDS = ["rare", "near-constant", "constant", "in proportion", "one huge", "far above 1", "no truth", "all of it"]
ERRORS = st.tuples(st.integers(1, 400), st.integers(0, 10**6), st.floats(0, 1), st.sampled_from(KINDS))


def drawn(documents: int, seed: int, part: float, kind: str) -> tuple[np.ndarray, np.ndarray]:
    """Edits and characters of one candidate."""
    draw = np.random.default_rng(seed)
    chars = draw.integers(1, 40, documents).astype(float)
    some = draw.random(documents) < part
    match kind:
        case "near-constant":
            chars[:] = 11.0
            edits = np.where(draw.random(documents) < 0.02, 10.0, 9.0)
        case "constant":
            edits = np.full(documents, 7.0)
            chars[:] = 7.0
        case "in proportion":
            edits = chars * 3
        case "one huge":
            edits = some * 1.0
            edits[seed % documents], chars[seed % documents] = 10.0**6, 1.0
        case "far above 1":
            edits = some * draw.integers(100, 10_000, documents)
        case "no truth":
            chars[draw.random(documents) < 0.5] = 0.0
            edits = some * draw.integers(1, 9, documents).astype(float)
        case "all of it":
            edits, chars = draw.integers(0, 9, documents).astype(float), np.zeros(documents)
        case _:
            edits = some * draw.integers(1, 9, documents).astype(float)
    return edits.astype(float), chars


def ratio(edits: np.ndarray, chars: np.ndarray) -> np.ndarray:
    return edits / np.where(chars > 0, chars, 1.0)


def holds(low: float, high: float, point: float, largest: float, kind: str) -> None:
    if kind == "none":
        assert np.isnan([low, high]).all()
        return
    assert np.isfinite([low, high]).all() and 0 <= low <= point <= high
    assert high <= (1.0 if kind == "exact" else max(point, largest) * (1 + 1e-12))


@settings(max_examples=300, deadline=None)
@given(ERRORS)
@example((20, 3, 0.1, "near-constant"))
@example((1, 0, 1.0, "one huge"))
def test_the_interval_of_a_cer(errors: tuple[int, int, float, str]) -> None:
    edits, chars = drawn(*errors)
    low, high, kinds = intervals(edits[None], chars, seed=errors[1], resamples=200)
    point = float(ratio(edits.sum(), chars.sum()))
    holds(float(low[0]), float(high[0]), point, float(ratio(edits, chars).max()), kinds[0])


def test_the_interval_that_a_person_met() -> None:
    """Twenty dates without their dots: 2 edits of 10 characters each, but for one document."""
    edits, chars = np.full(20, 2.0), np.full(20, 10.0)
    edits[7] = 3.0
    for seed in range(200):
        low, high, _ = intervals(edits[None], chars, seed)
        assert 0.19 < low[0] <= 0.205 <= high[0] <= 0.3


@settings(max_examples=150, deadline=None)
@given(st.lists(ERRORS, min_size=1, max_size=3), st.integers(1, 3), st.integers(0, 99))
def test_the_interval_of_a_mean_over_fields(types: list[tuple[int, int, float, str]], fields: int, seed: int) -> None:
    strata = []
    for documents, own, part, kind in types:
        tables = [drawn(documents, own + field, part, kind) for field in range(fields)]
        lacking = np.random.default_rng(own).random((fields, documents)) < 0.2  # fields that a document does not have
        edits, chars = (np.where(lacking, 0.0, np.stack(table)) for table in zip(*tables, strict=True))
        strata.append(Stratum(edits, chars))
    point, low, high, kind = macro_interval(strata, seed, resamples=200)
    count = sum(len(one.edits) for one in strata)
    largest = sum(float(ratio(one.edits, one.chars).max(axis=1).sum()) for one in strata) / count
    holds(low, high, point, largest, kind)

    before = [Stratum(one.edits[:, ::-1].copy(), one.chars) for one in strata]
    change, low, high = macro_change(before, strata, seed, resamples=200)
    if not np.isnan(low):
        grown = [ratio(new.edits - old.edits, new.chars) for old, new in zip(before, strata, strict=True)]
        ends = [sum(float(of(one, axis=1).sum()) for one in grown) / count for of in (np.min, np.max)]
        slack = 1e-9 * max(1.0, *map(abs, ends))
        assert min(ends[0], change) - slack <= low <= change <= high <= max(ends[1], change) + slack


@settings(max_examples=150, deadline=None)
@given(ERRORS)
def test_the_intervals_of_a_study_s_shares(errors: tuple[int, int, float, str]) -> None:
    edits, chars = drawn(*errors)
    parts = [
        DocumentShare(f"d{place}", float(e), float(c)) for place, (e, c) in enumerate(zip(edits, chars, strict=True))
    ]
    found, gap = share(parts, errors[1]), difference(parts[::2], parts[1::2], errors[1])
    for one in (found, gap):
        if one.low is not None and one.high is not None:
            assert np.isfinite([one.low, one.high]).all() and one.low <= present(one.value) <= one.high
    if found.low is not None and (chars > 0).all():
        assert (
            found.low >= float((edits / chars).min()) - 1e-9
            and present(found.high) <= float((edits / chars).max()) + 1e-9
        )


@pytest.mark.parametrize("documents", [2, 3, 10, 60, 400])
def test_what_is_rounding_is_no_spread(documents: int) -> None:
    """Ratios that no float holds exactly; dividing by what rounding leaves gave ends of 10 ** 9."""
    for tenth in range(1, 10):
        edits, chars = np.full((1, documents), float(tenth)), np.full(documents, 7.0)
        low, high, _ = intervals(edits, chars)
        assert low[0] == pytest.approx(tenth / 7) and high[0] == pytest.approx(tenth / 7)
