"""Whose fault it is that requests got no answer: the prompt's, which is dropped, or the document's, which leaves."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from promptfit.types import NoAnswer

Cell = tuple[str, str]
"""A prompt's text and a document's name."""


@dataclass(frozen=True, slots=True)
class Blame:
    """What has to go, each with the first reason."""

    prompts: Mapping[str, str]
    documents: Mapping[str, str]


def blame(
    missed: Mapping[Cell, NoAnswer],
    prompts: Collection[str],
    documents: Collection[str],
    before: Collection[str],
    others: Collection[str],
    room: float,
    droppable: bool = True,
) -> Blame:
    """Sorts out what got no answer when one field's prompts were asked of some documents, each of all.

    A document that no prompt was answered of leaves. A prompt that got no answer where others did is dropped, if that
    was everywhere or on more documents than may still leave; else those documents leave, so that all prompts stay
    compared on the same ones. What may pass by itself (a network) is no prompt's fault.

    Args:
        missed: Why cells got no answer.
        prompts: Those that were asked.
        documents: Those that they were asked of.
        before: Documents of which the field has had answers before.
        others: Documents of which other fields have had answers, that count where none of these prompts had any.
        room: Documents that may still leave.
        droppable: Whether prompts may be dropped at all.
    """
    now = {name for name in documents if any((text, name) not in missed for text in prompts)}
    known = now | {name for name in documents if name in before or (not now and name in others)}
    gone: dict[str, str] = {}
    for (_, name), why in missed.items():
        if name not in known or why.passing or not droppable:
            gone.setdefault(name, why.reason)
    out: dict[str, str] = {}
    left = known - gone.keys()
    for text in dict.fromkeys(text for text, _ in missed):
        own = {name: why.reason for (other, name), why in missed.items() if other == text and name in left}
        if own and (own.keys() == left or len(own) > room - len(gone)):
            out[text] = next(iter(own.values()))
        else:
            gone |= own
    return Blame(out, gone)
