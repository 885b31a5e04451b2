"""True answers that are none of their field's type: compared as texts, and named."""

from __future__ import annotations

from collections.abc import Sequence

from promptfit.support.enumerated import some, start
from promptfit.support.parsing.absence import is_absent
from promptfit.support.parsing.value_types import parsed
from promptfit.types import Field, Sample

_NO = {
    "name": "have no letter or digit",
    "date": "are no date of the calendar",
    "number": "are no number",
    "amount": "are no sum",
    "code": "are no code",
    "choice": "are none of the choices",
    "boolean": "say neither yes nor no",
}
"""What is said of values of a type that are none."""
_SHOWN = 40


def unreadable_of(sample: Sample) -> list[str]:
    """The true answers of a sample that are none of its field's type."""
    kind = sample.kind
    there = [text for text in sample.truths if kind.type in _NO and not is_absent(text, kind)]
    return [text for text in there if parsed(text, kind) is None]


def unreadable(samples: Sequence[Sample], rows: Sequence[int]) -> list[str]:
    """A sentence a field.

    Args:
        samples: All of a data set, each with its kind.
        rows: The numbers of their rows; ``len(rows) == len(samples)``.
    """
    found: dict[Field, list[str]] = {}
    types: dict[Field, str] = {}
    for row, one in zip(rows, samples, strict=True):
        for text in unreadable_of(one):
            found.setdefault(one.field, []).append(f'row {row} "{start(text, _SHOWN)}"')
            types[one.field] = one.kind.type
    return [
        f'{len(own)} answer(s) of "{field.name}" {_NO[types[field]]}, and are compared as texts; correct them, or its '
        f"type in schema.yaml: {some(own)}"
        for field, own in found.items()
    ]


def lists_taken_apart(samples: Sequence[Sample], rows: Sequence[int]) -> str:
    """A word on fields of type ``list`` whose cells are JSON lists, which mean several true answers; empty if none."""
    found = [row for row, one in zip(rows, samples, strict=True) if one.accepted and one.kind.type == "list"]
    return (
        f"{len(found)} row(s) of type list have a JSON list as answer, which means several true answers, each of them "
        f"right; part the items of one list by semicolons instead: row {some(found)}"
        if found
        else ""
    )
