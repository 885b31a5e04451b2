"""What a search may take from its generator: calls, tokens and money, split over the fields before it starts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from threading import Lock

from promptfit.generate.generator import Completion, Quote
from promptfit.types import Field, PromptfitError

_ROUNDING = 1e-9
"""Sums of money are floating-point numbers; this much more than a share is no more."""


class Exhausted(Exception):
    """A field's share does not hold one more call; what the field has found so far stands."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The most that a whole search may take; None is no limit.

    Raises:
        PromptfitError: A limit is negative.
    """

    calls: int | None = None
    tokens: int | None = None
    """Tokens in and out together."""
    money: float | None = None
    """In the currency of the generator's price."""

    def __post_init__(self) -> None:
        for one in fields(self):
            if (getattr(self, one.name) or 0) < 0:
                raise PromptfitError(
                    f"budget.{one.name}={getattr(self, one.name)} is negative; give a limit, or null for none"
                )


@dataclass(frozen=True, slots=True)
class Spent:
    """What was taken: by one field, or by the whole search."""

    calls: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    cost: float = 0.0
    seconds: float = 0.0

    def plus(self, completion: Completion) -> Spent:
        """Returns this with one more call."""
        return Spent(
            self.calls + 1,
            self.tokens_in + completion.tokens_in,
            self.tokens_out + completion.tokens_out,
            self.cost + completion.cost,
            self.seconds + completion.seconds,
        )


class Spending:
    """Keeps every field within its own share. Threads may use it side by side.

    A call is reserved at its quote, which is the most that it can take, and settled at what it took: so no limit
    is ever exceeded, however many calls are under way. A kept completion counts like a new one, so that a search
    that goes on after a break ends like one that was never broken off.

    Args:
        limits: Of the whole search. Calls and tokens are shared evenly, the first fields getting one more where
            that does not divide; money is divided.
        fields: The fields of the search, in their order.
    """

    def __init__(self, limits: Limits, fields: Sequence[Field]) -> None:
        self.limits = limits
        self._shares = {field: _share(limits, place, len(fields)) for place, field in enumerate(fields)}
        self._spent = {field: Spent() for field in fields}
        self._under_way: dict[Field, list[Quote]] = {field: [] for field in fields}
        self._lock = Lock()

    def check(self, quotes: Mapping[Field, Quote]) -> None:
        """Looks whether every field's share pays for one call, before anything is spent.

        Args:
            quotes: What a first call of each field can take at most.

        Raises:
            PromptfitError: It does not; the message says what would.
        """
        for field, quote in quotes.items():
            what = _over(self._shares[field], Spent(), [quote])
            if what:
                most = max(_need(each, what) for each in quotes.values())
                raise PromptfitError(
                    f"budget.{what}={getattr(self.limits, what)} leaves {getattr(self._shares[field], what):.6g} for "
                    f"the field {field.name!r}, and one call of the generator may take {_need(quote, what):.6g}; "
                    f"give at least {most * len(self._shares):.6g}, or null for no limit"
                )

    def reserve(self, field: Field, quote: Quote) -> None:
        """Takes a call's quote from the field's share, before the call is made.

        Raises:
            Exhausted: The share does not hold it.
        """
        with self._lock:
            what = _over(self._shares[field], self._spent[field], [*self._under_way[field], quote])
            if what:
                raise Exhausted(f"the field {field.name!r} has used up its share of budget.{what}")
            self._under_way[field].append(quote)

    def settle(self, field: Field, quote: Quote, completion: Completion) -> None:
        """Counts what a reserved call took."""
        with self._lock:
            self._under_way[field].remove(quote)
            self._spent[field] = self._spent[field].plus(completion)

    def release(self, field: Field, quote: Quote) -> None:
        """Gives back what was reserved for a call that failed."""
        with self._lock:
            self._under_way[field].remove(quote)

    def spent(self, field: Field | None = None) -> Spent:
        """Returns what one field has taken, or all of them."""
        with self._lock:
            own = list(self._spent.values()) if field is None else [self._spent[field]]
        return Spent(*(sum(getattr(each, one.name) for each in own) for one in fields(Spent)))


def _share(limits: Limits, place: int, number: int) -> Limits:
    def evenly(whole: int | None) -> int | None:
        return None if whole is None else whole // number + (place < whole % number)

    return Limits(evenly(limits.calls), evenly(limits.tokens), None if limits.money is None else limits.money / number)


def _over(share: Limits, spent: Spent, quotes: Sequence[Quote]) -> str:
    """Names the limit that these calls could exceed, or nothing."""
    calls = spent.calls + len(quotes)
    tokens = spent.tokens_in + spent.tokens_out + sum(_need(quote, "tokens") for quote in quotes)
    money = spent.cost + sum(quote.cost for quote in quotes)
    if share.calls is not None and calls > share.calls:
        return "calls"
    if share.tokens is not None and tokens > share.tokens:
        return "tokens"
    return "money" if share.money is not None and money > share.money + _ROUNDING else ""


def _need(quote: Quote, what: str) -> float:
    return {"calls": 1, "tokens": quote.tokens_in + quote.tokens_out, "money": quote.cost}[what]
