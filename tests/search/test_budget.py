"""A budget is split before the start and never overdrawn."""

from __future__ import annotations

import pytest

from promptfit.data.grouping import by_field
from promptfit.search.budget import Budget
from scripted_answerer import FIELDS, samples

OWN = by_field(samples(5))


def test_every_field_has_its_share_and_the_first_ones_the_rest() -> None:
    budget = Budget(10 * len(FIELDS) + 3, OWN)
    shares = [budget.left(field) for field in OWN]
    assert sum(shares) == budget.requests and shares[:4] == [11, 11, 11, 10]


def test_spending_more_than_the_share_is_an_error_of_the_caller() -> None:
    budget = Budget(60, OWN)
    field = next(iter(OWN))
    budget.spend(field, 6)
    assert (budget.left(field), budget.spent(field), budget.spent()) == (0, 6, 6)
    with pytest.raises(ValueError, match="with 0 left"):
        budget.spend(field, 1)
