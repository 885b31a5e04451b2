"""How many documents a comparison needs: by simulation, since a formula is easily misread."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from present import present
from promptfit.score.power import detectable, documents_needed

DIFFERENCES = np.array([-2, 0, 0, 1, 3, 0, 0, 5, -1, 2] * 4, dtype=float)


@pytest.mark.parametrize("alpha", [0.05, 0.01])
def test_so_many_documents_have_80_percent_power(alpha: float) -> None:
    needed = present(documents_needed(DIFFERENCES.tolist(), alpha))
    drawn = np.random.default_rng(0).choice(DIFFERENCES, (3000, needed))
    assert np.mean(stats.ttest_1samp(drawn, 0, axis=1).pvalue <= alpha) == pytest.approx(
        0.8, abs=0.06
    )  # the differences are skewed, the formula is for normal ones


def test_the_detectable_gap_is_the_gap_that_needs_the_documents_at_hand() -> None:
    gap = present(detectable(DIFFERENCES.tolist(), chars=400.0))
    shifted = DIFFERENCES - DIFFERENCES.mean() + gap * 10
    assert documents_needed(shifted.tolist()) in (40, 41)


@pytest.mark.parametrize("differences", [[], [3.0], [0.0, 0.0], [1.0, -1.0]])
def test_without_a_difference_no_number_of_documents_is_enough(differences: list[float]) -> None:
    assert documents_needed(differences) is None


def test_a_difference_on_every_document_needs_two() -> None:
    assert documents_needed([4.0, 4.0, 4.0]) == 2


@pytest.mark.parametrize(("differences", "chars"), [([3.0], 9), ([0.0, 0.0], 9), ([1.0, 2.0], 0)])
def test_no_gap_can_be_said(differences: list[float], chars: int) -> None:
    assert detectable(differences, chars) is None
