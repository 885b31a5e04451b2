"""The interval of a mean of CERs: as the one of a single field, its coverage, and its edges."""

from __future__ import annotations

import numpy as np
import pytest

from promptfit.score.intervals import intervals
from promptfit.score.macro import Stratum, macro_change, macro_interval


def stratum(
    seed: int, fields: int, documents: int, share: float, generator: np.random.Generator | None = None
) -> Stratum:
    draw = generator or np.random.default_rng(seed)
    chars = draw.integers(5, 25, (fields, documents)).astype(float)
    hard = draw.random(documents) < share  # the fields of a document fail together
    edits = hard * draw.integers(0, 9, (fields, documents))
    return Stratum(edits.astype(float), chars)


@pytest.mark.parametrize("share", [0.06, 0.4])
def test_one_field_is_the_field_s_own_interval(share: float) -> None:
    one = stratum(2, 1, 100, share)
    point, low, high, kind = macro_interval([one])
    lows, highs, kinds = intervals(one.edits, one.chars[0])
    assert point == one.edits.sum() / one.chars.sum() and kind == kinds[0]
    assert (low, high) == pytest.approx((lows[0], highs[0]), rel=1e-9)


def test_the_mean_of_fields_of_two_types_is_covered() -> None:
    draw = np.random.default_rng(0)
    true, held, runs = 0.0, 0, 150
    large = [stratum(0, 3, 200_000, 0.3, draw), stratum(0, 2, 200_000, 0.1, draw)]
    true = sum(float((one.edits.sum(axis=1) / one.chars.sum(axis=1)).sum()) for one in large) / 5
    for _ in range(runs):
        point, low, high, _ = macro_interval([stratum(0, 3, 80, 0.3, draw), stratum(0, 2, 120, 0.1, draw)])
        assert low < point < high
        held += low <= true <= high
    assert abs(held / runs - 0.95) <= 0.02 + 3 * (0.05 * 0.95 / runs) ** 0.5


def test_a_type_of_one_document_goes_in_as_it_is() -> None:
    point, low, high, _ = macro_interval([stratum(3, 2, 90, 0.5), Stratum(np.array([[4.0]]), np.array([[8.0]]))])
    assert low < point < high


def test_no_error_gets_the_exact_bound_and_one_document_none() -> None:
    clean = Stratum(np.zeros((2, 60)), np.full((2, 60), 9.0))
    assert macro_interval([clean])[::3] == (0.0, "exact") and 0 < macro_interval([clean])[2] < 0.07
    point, low, _, kind = macro_interval([Stratum(np.array([[4.0]]), np.array([[8.0]]))])
    assert (point, kind) == (0.5, "none") and np.isnan(low)


def test_a_field_that_few_documents_have_may_be_missing_from_a_resample() -> None:
    one = stratum(4, 2, 60, 0.5)
    one.edits[1, 2:], one.chars[1, 2:] = 0.0, 0.0
    point, low, high, _ = macro_interval([one])
    assert np.isfinite([low, high]).all() and low <= point <= high


def test_a_change_is_zero_where_nothing_changed_and_has_no_interval_there() -> None:
    one = stratum(5, 3, 40, 0.4)
    change, low, high = macro_change([one], [one])
    assert change == 0 and np.isnan([low, high]).all()


def test_what_is_hard_about_a_document_cancels_out_of_a_change() -> None:
    before = [stratum(6, 3, 60, 0.5), stratum(7, 2, 60, 0.5)]
    after = [Stratum(one.edits + 1, one.chars) for one in before]
    change, low, high = macro_change(before, after)
    assert change == pytest.approx(macro_interval(after)[0] - macro_interval(before)[0])
    assert low < change < high
    _, low_before, high_before, _ = macro_interval(before)
    assert high - low < (high_before - low_before) / 2


def test_a_change_for_the_better_is_negative_and_its_interval_covers_it() -> None:
    draw = np.random.default_rng(0)
    held, runs = 0, 200
    for _ in range(runs):
        before = stratum(0, 3, 80, 0.5, draw)
        mended = before.edits * (draw.random(80) < 0.5)  # half of the hard documents
        change, low, high = macro_change([before], [Stratum(mended, before.chars)])
        assert low < change < high
        held += low <= -0.5 * 0.5 * 4 / 14.5 <= high  # 4 edits of 14.5 characters, on half of the hard half
    assert abs(held / runs - 0.95) <= 0.03 + 3 * (0.05 * 0.95 / runs) ** 0.5
