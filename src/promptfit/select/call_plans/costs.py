"""What answers took, for a thousand documents."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from promptfit.select.call_plans.calls_record import Costs
from promptfit.types import Scored

DOCUMENTS = 1000


def costs_of(scored: Sequence[Scored], documents: int) -> Costs:
    """The mean over documents, times a thousand.

    Args:
        scored: Each answer once.
        documents: How many documents these are about.
    """
    scale, answers = DOCUMENTS / max(1, documents), [one.answer for one in scored]
    return Costs(
        calls=scale * len(answers),
        tokens_in=scale * sum(one.tokens_in for one in answers),
        tokens_out=scale * sum(one.tokens_out for one in answers),
        seconds=scale * sum(one.seconds for one in answers),
        money=scale * sum(one.cost for one in answers),
    )


def added(costs: Iterable[Costs]) -> Costs:
    """Several one after the other."""
    own = list(costs)
    return Costs(
        calls=sum(one.calls for one in own),
        tokens_in=sum(one.tokens_in for one in own),
        tokens_out=sum(one.tokens_out for one in own),
        seconds=sum(one.seconds for one in own),
        money=sum(one.money for one in own),
    )
