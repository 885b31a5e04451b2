from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats

from promptfit.score.paired import holm, sign_flip

CASES = json.loads((Path(__file__).parent / "cases" / "holm.json").read_text("utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_holm(case: dict[str, Any]) -> None:
    assert holm(case["input"]) == pytest.approx(case["expected"], abs=case["tolerance"], rel=0)


@pytest.mark.parametrize("seed", range(5))
def test_few_documents_are_enumerated_as_scipy_does(seed: int) -> None:
    differences = np.random.default_rng(seed).integers(-4, 6, 12).astype(float)
    theirs = stats.permutation_test(
        (differences,), np.mean, permutation_type="samples", n_resamples=np.inf, alternative="two-sided"
    )
    assert sign_flip(differences.tolist()) == pytest.approx(theirs.pvalue, abs=1e-12)


def test_many_documents_are_near_the_t_test() -> None:
    differences = np.random.default_rng(3).normal(0.2, 1.0, 200)
    assert sign_flip(differences.tolist(), flips=20_000) == pytest.approx(
        stats.ttest_1samp(differences, 0).pvalue, abs=0.01
    )


def test_the_seed_decides_and_p_is_never_zero() -> None:
    differences = [1.0] * 100
    assert sign_flip(differences, flips=999) == 1 / 1000
    noisy = list(np.random.default_rng(0).normal(0.1, 1, 100))
    assert sign_flip(noisy, seed=1) == sign_flip(noisy, seed=1) != sign_flip(noisy, seed=2)


@pytest.mark.parametrize("differences", [[], [0.0, 0.0], [1.0], [1.0, -1.0]])
def test_nothing_to_tell_apart(differences: list[float]) -> None:
    assert sign_flip(differences) == 1.0


def test_false_alarms_are_as_rare_as_promised() -> None:
    """400 data sets without a difference: at most 5 % and what chance adds (three standard errors)."""
    generator = np.random.default_rng(11)
    alarms = sum(sign_flip(generator.integers(-3, 4, 40).tolist(), flips=500, seed=i) <= 0.05 for i in range(400))
    assert alarms / 400 <= 0.05 + 3 * (0.05 * 0.95 / 400) ** 0.5
