"""Two collections on the same samples: what was not answered for one counts for neither."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from promptfit.types import Field, Scored

Collected = dict[Field, list[Scored]]


def alike(
    one: Mapping[Field, Sequence[Scored]], other: Mapping[Field, Sequence[Scored]]
) -> tuple[Collected, Collected]:
    """Returns the answers of both to the samples that both have; fields without any are left out."""
    first: Collected = {}
    second: Collected = {}
    for field in one.keys() & other.keys():
        both = {own.sample for own in one[field]} & {own.sample for own in other[field]}
        if both:
            first[field], second[field] = (
                [own for own in answers[field] if own.sample in both] for answers in (one, other)
            )
    return {f: first[f] for f in one if f in first}, {f: second[f] for f in one if f in second}
