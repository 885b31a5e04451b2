"""The schema of a data set: per document type its fields in order, each with what its values are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from promptfit.data.schemas.inferred import is_enumerated, kind_of
from promptfit.data.schemas.stated import FieldSchema, StatedField
from promptfit.support.enumerated import some
from promptfit.support.lookalikes import meant
from promptfit.types import Field, Sample


@dataclass(frozen=True, slots=True)
class Schema:
    """All fields of a data set, those of one document type together, in the order of a record."""

    fields: Mapping[Field, FieldSchema] = field(default_factory=dict)
    inferred: tuple[Field, ...] = ()
    """Those whose type was inferred."""

    def of(self, doc_type: str) -> dict[Field, FieldSchema]:
        """The fields of a document type, in order."""
        return {one: own for one, own in self.fields.items() if one.doc_type == doc_type}


def completed(stated: Mapping[Field, StatedField], samples: Iterable[Sample]) -> Schema:
    """What is stated, and what the truths say of the rest; fields that the data lack are left out.

    Args:
        stated: By a schema file, in its order; those that it leaves out come after its own of their document type.
        samples: All of the data set.
    """
    truths: dict[Field, list[str]] = {}
    for one in samples:
        truths.setdefault(one.field, []).extend(one.truths)
    every = dict.fromkeys((*stated, *truths))
    places = {name: place for place, name in enumerate(dict.fromkeys(one.doc_type for one in every))}
    order = sorted(every, key=lambda one: places[one.doc_type])
    nothing = StatedField()
    fields = {one: _field(stated.get(one, nothing), truths[one]) for one in order if one in truths}
    return Schema(fields, tuple(one for one in fields if not stated.get(one, nothing).type))


def _field(stated: StatedField, truths: Sequence[str]) -> FieldSchema:
    kind = kind_of(truths, stated)
    return FieldSchema(kind, stated.description, is_enumerated(truths, kind))


def lacking(stated: Mapping[Field, StatedField], fields: Sequence[Field]) -> str:
    """A word on stated fields that the data lack; empty where there are none."""
    names = [one.name for one in fields]
    odd = [f'"{one.name}" ({meant(one.name, names) or "none like it"})' for one in stated if one not in fields]
    return f"{len(odd)} field(s) are none of the data set's, and are left out: {some(odd)}" if odd else ""
