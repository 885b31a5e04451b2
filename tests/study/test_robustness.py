"""What corruptions cost, on answers whose figures are known beforehand."""

from __future__ import annotations

import pytest

from present import present
from promptfit.study.robustness.changes import (
    condition_of,
    consistency_of,
    field_changes,
    mean_ends,
    robustness_of,
)
from promptfit.study.robustness.condition_score import CLEAN, Measured, measured
from promptfit.types import Sample
from scored import DATE, NAME, SNILS, number, samples, scored

ASKED = samples(30)


def under(augmentation: str, severity: int, per_document: dict[int, int]) -> Measured:
    """A third of the documents each loses as many characters as the test says; by the document's number modulo 3."""
    return measured(augmentation, severity, scored(ASKED, lambda one: per_document[number(one) % 3]), seed=0)


CLEAN_ONE = under(CLEAN, 0, {0: 1, 1: 0, 2: 0})


def test_the_macro_cer_is_the_mean_of_the_fields() -> None:
    cers = [10 / (30 * len(truth)) for truth in ("Екатерина", "1985-03-12", "12345678900")]
    assert [CLEAN_ONE.fields[field].cer for field in (NAME, DATE, SNILS)] == pytest.approx(cers)
    overall = CLEAN_ONE.overall
    assert overall.cer == pytest.approx(sum(cers) / 3) and overall.exact == pytest.approx(2 / 3)
    assert (overall.samples, overall.documents) == (90, 60)
    assert present(overall.low) < overall.cer < present(overall.high)


def test_a_change_is_paired_by_document() -> None:
    found = condition_of(CLEAN_ONE, under("fade", 1, {0: 2, 1: 1, 2: 1}), seed=0)
    assert found.change == pytest.approx(sum(1 / n for n in (9, 10, 11)) / 3)
    assert present(found.change_high) - present(found.change_low) < 1e-9, "every document lost one more character"
    assert set(found.fields) == {"passport Имя", "passport Дата рождения", "СНИЛС"}
    same = condition_of(CLEAN_ONE, under("fade", 1, {0: 1, 1: 0, 2: 0}), seed=0)
    assert (same.change, same.change_low, same.change_high) == (0, None, None)


def test_every_field_has_a_change_of_its_own() -> None:
    changes = field_changes(CLEAN_ONE, under("fade", 1, {0: 3, 1: 0, 2: 1}), seed=0)
    assert changes["passport Имя"][0] == pytest.approx(30 / (30 * 9))
    assert changes["СНИЛС"][0] == pytest.approx(30 / (30 * 11))
    low, high = changes["СНИЛС"][1:]
    assert present(low) < changes["СНИЛС"][0] < present(high)


def test_a_field_that_some_documents_lack_is_measured_on_the_others() -> None:
    asked = [one for one in ASKED if one.field != DATE or number(one) < 10]

    def at(severity: int, lost: int) -> Measured:
        return measured("fade", severity, scored(asked, lambda one: lost + (number(one) == 3)), seed=0)

    change = field_changes(at(0, 0), at(1, 1), seed=0)["passport Дата рождения"]
    assert change[0] == pytest.approx(10 / (10 * 10))
    assert present(change[2]) - present(change[1]) < 1e-9


def test_a_field_breaks_where_it_stays_over_the_threshold() -> None:
    def over(*lost: int) -> dict[str, int | None]:
        own = [under("fade", severity, dict.fromkeys(range(3), n)) for severity, n in enumerate(lost, 1)]
        return dict(robustness_of(CLEAN_ONE, own, [], 0.5, seed=0)[0].breaks)

    assert over(0, 1, 5, 6, 9)["passport Дата рождения"] == 3, "5 of 10 is at the threshold"
    assert over(0, 1, 5, 6, 9)["СНИЛС"] == 4
    assert over(9, 1, 9, 9, 9)["СНИЛС"] == 3, "severity 1 was followed by a good one"
    assert over(0, 1, 2, 3, 0)["СНИЛС"] is None
    assert set(over(11, 11, 11, 11, 11).values()) == {1}


def test_the_mean_over_severities_and_its_interval_take_a_document_as_one() -> None:
    own = [under("fade", severity, {0: 3, 1: 0, 2: 0}) for severity in (1, 3, 5)]
    (found,) = robustness_of(CLEAN_ONE, own, [], 0.2, seed=0)
    assert found.mean_cer == pytest.approx(own[0].overall.cer)
    assert found.relative == pytest.approx(own[0].overall.cer - CLEAN_ONE.overall.cer)
    assert (found.low, found.high) == pytest.approx((own[0].overall.low, own[0].overall.high)), "not a third as wide"
    assert present(found.relative_low) < found.relative < present(found.relative_high) and found.ratio is None


def test_the_ratio_is_that_of_sums_over_the_severities() -> None:
    own = [under("fade", 1, {0: 1, 1: 0, 2: 0}), under("fade", 2, {0: 3, 1: 0, 2: 0})]
    own += [under("smear", 1, {0: 2, 1: 2, 2: 2}), under("smear", 2, {0: 2, 1: 2, 2: 2})]
    base = [under(one.augmentation, one.severity, {0: 4, 1: 0, 2: 0}) for one in own]
    fade, smear = robustness_of(CLEAN_ONE, own, base, 0.2, seed=0)
    assert [fade.augmentation, smear.augmentation] == ["fade", "smear"]
    assert fade.ratio == pytest.approx(4 / 8) and smear.ratio == pytest.approx(12 / 8)
    perfect = [under(one.augmentation, one.severity, {0: 0, 1: 0, 2: 0}) for one in own]
    assert robustness_of(CLEAN_ONE, own, perfect, 0.2, seed=0)[0].ratio is None


def test_nothing_read_at_all_is_measured_as_it_is() -> None:
    gone = under("fade", 5, dict.fromkeys(range(3), 99))
    assert gone.overall.cer == 1 and gone.overall.exact == 0
    (mean, _, _, _), (change, _, _) = mean_ends(CLEAN_ONE, [gone], seed=0)
    assert mean == 1 and change == pytest.approx(1 - CLEAN_ONE.overall.cer)


def test_a_question_is_consistent_if_it_is_right_in_every_capture() -> None:
    def lost(one: Sample) -> int:
        shot = int(one.image.stem[-1])
        return int(one.field == NAME and number(one) == 0 and shot == 1) + int(one.field == SNILS and number(one) < 2)

    name, date, snils = consistency_of(scored(samples(4, captures=3), lost))
    assert (name.field, name.captures, name.questions) == ("passport Имя", 3, 4)
    assert (name.mean, name.consistent) == (11 / 12, 3 / 4)
    assert (date.mean, date.consistent) == (1, 1) and (snils.mean, snils.consistent) == (0.5, 0.5)


def test_one_capture_says_nothing_about_consistency() -> None:
    assert consistency_of(scored(samples(4), lambda _: 0)) == []
    mixed = [*samples(4), *samples(1, captures=2)[1:2]]
    (only,) = consistency_of(scored(mixed, lambda _: 0))
    assert (only.field, only.questions, only.captures) == ("passport Имя", 1, 2)
