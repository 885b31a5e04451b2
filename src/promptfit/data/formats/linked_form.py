"""Questions of a form with the answers that are linked to them, as FUNSD and XFUND write them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from promptfit.support.texts import as_name
from promptfit.types import Box

MOST = 20_000
"""Entities of a form."""


@dataclass(frozen=True, slots=True)
class LinkedValue:
    """A question and what stands as its answer; ``fault`` says why it can't be taken."""

    question: str
    answer: str = ""
    boxes: tuple[Box, ...] = ()
    fault: str = ""


def linked_values(entities: Sequence[Any]) -> Iterator[LinkedValue]:
    """The questions of one form, in its order.

    Args:
        entities: ``{"id", "text", "box", "label", "linking": [[from, to], …]}`` each.

    Raises:
        ValueError: They are none.
    """
    known: dict[Any, Mapping[str, Any]] = {}
    for one in entities[:MOST]:
        if not isinstance(one, Mapping) or not isinstance(one.get("text"), str) or "id" not in one:
            raise ValueError('an entity has no "id" or no "text"')
        known[str(one["id"])] = one
    questions = [one for one in known.values() if one.get("label") == "question"]
    names = [as_name(one["text"]).rstrip(" :：") for one in questions]
    for name, one in zip(names, questions, strict=True):
        if not name:
            yield LinkedValue("", fault="a question without a text")
        elif names.count(name) > 1:
            yield LinkedValue(name, fault="a question that stands several times in one form")
        elif answers := _answers(one, known):
            text = " ".join(part for answer in answers if (part := as_name(answer["text"])))
            yield LinkedValue(name, text, tuple(box for answer in answers if (box := _box(answer))))
        else:
            yield LinkedValue(name, fault="a question without a linked answer")


def _answers(question: Mapping[str, Any], known: Mapping[Any, Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    own = str(question["id"])
    links = [link for link in question.get("linking") or [] if isinstance(link, list) and len(link) == 2]
    ends = [str(end) for link in links for end in link if own in map(str, link) and str(end) != own]
    return [known[end] for end in dict.fromkeys(ends) if known.get(end, {}).get("label") == "answer"]


def _box(entity: Mapping[str, Any]) -> Box | None:
    try:
        x1, y1, x2, y2 = map(float, entity.get("box") or ())
    except (TypeError, ValueError):
        return None
    return (x1, y1, x2, y2) if x1 < x2 and y1 < y2 else None
