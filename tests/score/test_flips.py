"""The exact sign-flip test against scipy's, its tails, and its edges."""

import numpy as np
import pytest
from scipy import stats

from promptfit.score.flips import exact_sign_flip
from promptfit.score.paired import sign_flip


@pytest.mark.parametrize("seed", range(8))
def test_it_is_scipys_exact_test(seed: int) -> None:
    differences = np.random.default_rng(seed).integers(-4, 7, 12)
    theirs = stats.permutation_test((differences,), np.sum, permutation_type="samples", n_resamples=np.inf)
    assert exact_sign_flip(differences) == pytest.approx(theirs.pvalue, rel=1e-12)


def test_many_documents_are_near_drawn_flips() -> None:
    generator = np.random.default_rng(1)
    differences = (generator.random(400) < 0.4) * generator.integers(-9, 11, 400)
    assert exact_sign_flip(differences) == pytest.approx(sign_flip(differences.tolist(), 50_000), abs=0.01)


@pytest.mark.parametrize("count", [30, 600, 1000])
def test_the_tail_is_exact_far_below_any_number_of_flips(count: int) -> None:
    assert exact_sign_flip([3] * count) == 2.0 ** (1 - count)
    one_back = [3] * (count - 1) + [-3]
    assert exact_sign_flip(one_back) == pytest.approx((count + 1) * 2.0 ** (1 - count), rel=1e-12)


@pytest.mark.parametrize("differences", [[], [0, 0], [1], [5, -5], [7]])
def test_nothing_to_tell_apart(differences: list[int]) -> None:
    assert exact_sign_flip(differences) == 1.0


def test_huge_differences_are_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    differences = np.random.default_rng(2).integers(-900, 1000, 60)
    exact = exact_sign_flip(differences)
    monkeypatch.setattr("promptfit.score.flips._WORK", 1000)
    assert exact_sign_flip(differences) == pytest.approx(exact, abs=0.01) and exact_sign_flip(differences) != exact


def test_false_alarms_are_as_rare_as_promised() -> None:
    """2,000 data sets without a difference: at most 5 % and what chance adds (three standard errors)."""
    generator = np.random.default_rng(11)
    alarms = sum(exact_sign_flip(generator.integers(-3, 4, 40)) <= 0.05 for _ in range(2000))
    assert alarms / 2000 <= 0.05 + 3 * (0.05 * 0.95 / 2000) ** 0.5
