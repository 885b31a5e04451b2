"""Intervals against scipy's, at their edges, and their coverage (simulated, seeded; the full one: `make bench`)."""

import numpy as np
import pytest
from scipy import stats

from promptfit.score.gamma import gamma_interval
from promptfit.score.intervals import intervals, kind_of
from promptfit.score.macro import Stratum, macro_interval
from promptfit.score.studentized import studentized


def errors(generator: np.random.Generator, share: float, shape: tuple[int, int], longest: int = 12) -> np.ndarray:
    wrong = generator.random(shape) < share
    return (wrong * generator.integers(1, longest, shape)).astype(float)


@pytest.mark.parametrize(("counts", "sizes"), [([3, 0, 1], [9.0, 4.0, 7.0]), ([0, 0, 250, 2], [8.0, 9.0, 10.0, 11.0])])
def test_the_gamma_interval_is_fay_and_feuer_s_formula(counts: list[int], sizes: list[float]) -> None:
    weights = np.array(counts) / sum(sizes)
    total, square, largest = weights.sum(), (weights**2).sum(), weights.max()
    low, high = gamma_interval(np.array([total]), weights[None])
    assert low[0] == pytest.approx(square / (2 * total) * stats.chi2.ppf(0.025, 2 * total**2 / square))
    more, wider = total + largest, square + largest**2
    assert high[0] == pytest.approx(wider / (2 * more) * stats.chi2.ppf(0.975, 2 * more**2 / wider))


def test_of_equal_errors_the_gamma_interval_is_the_exact_poisson_one() -> None:
    low, high = gamma_interval(np.array([4.0]), np.array([[1.0] * 4 + [0.0] * 20]))
    assert (low[0], high[0]) == pytest.approx((stats.chi2.ppf(0.025, 8) / 2, stats.chi2.ppf(0.975, 10) / 2))


@pytest.mark.parametrize(
    ("erring", "documents", "kind"),
    [
        (0, 1, "none"),
        (1, 1, "none"),
        (0, 2, "exact"),
        (1, 20, "gamma"),
        (9, 20, "gamma"),
        (10, 20, "studentized"),
        (29, 400, "gamma"),
        (30, 400, "studentized"),
    ],
)
def test_which_interval_the_documents_get(erring: int, documents: int, kind: str) -> None:
    assert kind_of(erring, documents) == kind


def test_the_studentised_interval_is_what_a_plain_loop_gives() -> None:
    generator = np.random.default_rng(4)
    edits, chars = errors(generator, 0.3, (1, 60))[0], generator.integers(3, 40, 60).astype(float)

    def value(e: np.ndarray, c: np.ndarray) -> tuple[float, float]:
        ratio = e.sum() / c.sum()
        return ratio, float(np.sqrt(((e - ratio * c) ** 2).sum() * 60 / 59)) / c.sum()

    point, error = value(edits, chars)
    deviations = []
    for drawn in np.random.default_rng(0).integers(0, 60, (2000, 60)):
        ratio, own = value(edits[drawn], chars[drawn])
        deviations.append((np.sqrt(ratio) - np.sqrt(point)) / (own / (2 * np.sqrt(ratio))))
    upper, lower = np.quantile(deviations, [0.975, 0.025])
    step = error / (2 * np.sqrt(point))
    low, high = studentized(edits[None], chars)
    assert (low[0], high[0]) == pytest.approx(
        ((np.sqrt(point) - upper * step) ** 2, (np.sqrt(point) - lower * step) ** 2), rel=1e-9
    )


def test_many_candidates_at_once_are_as_one_by_one() -> None:
    generator = np.random.default_rng(0)
    chars = generator.integers(5, 20, 40).astype(float)
    edits = np.concatenate([errors(generator, share, (2, 40)) for share in (0.0, 0.1, 0.3, 0.9)])
    low, high, kinds = intervals(edits, chars)
    assert kinds[:2] == ["exact"] * 2 and kinds[-2:] == ["studentized"] * 2 and "gamma" in kinds
    for place, row in enumerate(edits):
        alone = intervals(row[None], chars)
        assert (alone[0][0], alone[1][0]) == pytest.approx((low[place], high[place]), rel=1e-12)
        assert alone[2] == [kinds[place]]


def test_a_cer_above_1_keeps_its_interval_above_0() -> None:
    generator = np.random.default_rng(1)
    edits, chars = errors(generator, 0.8, (1, 133), longest=400), np.full(133, 10.0)
    low, high, kinds = intervals(edits, chars)
    assert kinds == ["studentized"]
    assert 1 < low[0] < edits.sum() / chars.sum() < high[0] < 20


def test_errors_in_proportion_to_the_truth_leave_a_point() -> None:
    chars = np.arange(1.0, 31.0) * 10
    low, high, kinds = intervals((chars / 10)[None], chars)
    assert kinds == ["studentized"] and (low[0], high[0]) == pytest.approx((0.1, 0.1), abs=1e-12)


@pytest.mark.parametrize("edits", [[3.0], [0.0]])
def test_one_document_has_no_interval(edits: list[float]) -> None:
    low, high, kinds = intervals(np.array([edits]), np.array([9.0]))
    assert kinds == ["none"] and np.isnan(low[0]) and np.isnan(high[0])


@pytest.mark.parametrize("documents", [2, 3, 10, 30, 31])
def test_few_documents_give_finite_ends(documents: int) -> None:
    generator = np.random.default_rng(documents)
    edits = errors(generator, 0.9, (50, documents))
    low, high, _ = intervals(edits, generator.integers(0, 9, documents).astype(float))
    assert np.isfinite(low).all() and np.isfinite(high).all() and (low <= high).all()


def test_where_most_err_alike_and_one_does_not_there_is_room_on_both_sides() -> None:
    """A resample without that document has no spread, and one with it has less than its distance."""
    edits, chars = np.full((1, 20), 2.0), np.full(20, 10.0)
    edits[0, 7] = 3.0
    low, high, kinds = intervals(edits, chars)
    assert kinds == ["gamma"] and low[0] < 0.2 and 0.21 < high[0] < 0.24
    point, *ends, kind = macro_interval([Stratum(edits, chars[None])])
    assert kind == "gamma" and ends == pytest.approx([low[0], high[0]]) and point == pytest.approx(0.205)
    edits[0, ::4] = 5.0
    assert intervals(edits, chars)[2] == ["studentized"]
