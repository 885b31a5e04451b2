from concurrent.futures import ThreadPoolExecutor

import pytest

from promptfit.generate.generator import Completion, Quote
from promptfit.generate.spending import Exhausted, Limits, Spending, Spent
from promptfit.types import Field, PromptfitError

FIELDS = [Field("passport", name) for name in ("Фамилия", "Имя", "Отчество")]
NAME = FIELDS[0]
QUOTE = Quote(100, 50, 0.25)
USUAL = Completion("", 90, 10, 1.5, 0.125)


def _ask(spending: Spending, field: Field, completion: Completion = USUAL) -> None:
    spending.reserve(field, QUOTE)
    spending.settle(field, QUOTE, completion)


def _calls(spending: Spending, field: Field) -> int:
    try:
        while True:
            _ask(spending, field)
    except Exhausted:
        return spending.spent(field).calls


def test_calls_are_shared_evenly_the_first_fields_get_the_rest() -> None:
    spending = Spending(Limits(calls=8), FIELDS)
    assert [_calls(spending, field) for field in FIELDS] == [3, 3, 2]
    assert spending.spent() == Spent(8, 8 * 90, 8 * 10, 1.0, 12.0)
    assert spending.spent(NAME) == Spent(3, 270, 30, 0.375, 4.5)


def test_without_a_limit_nothing_ends() -> None:
    spending = Spending(Limits(), FIELDS)
    for _ in range(100):
        _ask(spending, NAME)
    assert spending.spent().calls == 100


@pytest.mark.parametrize(
    ("limits", "calls"),
    [
        (Limits(tokens=900), 2),  # 300 a field; the quote of a third, 150, and the 200 spent are more
        (Limits(tokens=1050), 3),
        (Limits(money=3 * 0.5), 3),
        (Limits(money=3 * 0.3), 1),  # what a call may take is what counts
        (Limits(calls=6, tokens=10**6, money=0.8), 1),
    ],
)
def test_a_limit_ends_the_field_before_it_could_be_exceeded(limits: Limits, calls: int) -> None:
    spending = Spending(limits, FIELDS)
    assert _calls(spending, NAME) == calls
    with pytest.raises(Exhausted, match=r"passport Фамилия.*budget\.(calls|tokens|money)"):
        spending.reserve(NAME, QUOTE)


def test_what_is_under_way_counts_at_its_quote_and_comes_back_when_it_fails() -> None:
    spending = Spending(Limits(tokens=3 * 300), FIELDS)
    spending.reserve(NAME, QUOTE)
    spending.reserve(NAME, QUOTE)
    with pytest.raises(Exhausted):
        spending.reserve(NAME, QUOTE)
    spending.release(NAME, QUOTE)
    assert spending.spent() == Spent()
    spending.reserve(NAME, QUOTE)


def test_more_usage_than_was_quoted_ends_the_field() -> None:
    spending = Spending(Limits(money=30.0), FIELDS)
    _ask(spending, NAME, Completion("", cost=10.5))
    with pytest.raises(Exhausted, match="money"):
        spending.reserve(NAME, QUOTE)


def test_cents_that_add_up_to_the_share_are_not_lost_to_rounding() -> None:
    spending = Spending(Limits(money=0.9), FIELDS)
    cent = Quote(cost=0.1)
    for _ in range(3):  # 0.1 + 0.1 + 0.1 > 0.3 in floating point
        spending.reserve(NAME, cent)
        spending.settle(NAME, cent, Completion("", cost=0.1))
    with pytest.raises(Exhausted):
        spending.reserve(NAME, cent)


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        (Limits(calls=2), r"budget\.calls=2 leaves 0 .*'passport Отчество'.* give at least 3"),
        (Limits(tokens=300), r"budget\.tokens=300 leaves 100 .* may take 150; give at least 450"),
        (Limits(money=0.6), r"budget\.money=0\.6 leaves 0\.2 .* may take 0\.25; give at least 0\.75"),
    ],
)
def test_a_limit_that_pays_for_no_call_is_said_beforehand(limits: Limits, said: str) -> None:
    with pytest.raises(PromptfitError, match=said):
        Spending(limits, FIELDS).check(dict.fromkeys(FIELDS, QUOTE))


def test_a_limit_that_pays_passes_the_check() -> None:
    Spending(Limits(3, 450, 0.75), FIELDS).check(dict.fromkeys(FIELDS, QUOTE))


def test_a_negative_limit_is_refused() -> None:
    with pytest.raises(PromptfitError, match=r"budget\.tokens=-1"):
        Limits(tokens=-1)


def test_threads_side_by_side_never_exceed_a_share() -> None:
    spending = Spending(Limits(calls=3 * 40), FIELDS)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda place: _calls(spending, FIELDS[place % 3]), range(24)))
    assert [spending.spent(field).calls for field in FIELDS] == [40, 40, 40]
