"""Records as samples: one question for all fields of a document, beside a question a field or in their place."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace

from promptfit.data.reader import Dataset
from promptfit.data.schemas.dataset_schema import Schema
from promptfit.data.schemas.json_schema import record_schema
from promptfit.support.grouped_by import grouped_by
from promptfit.types import RECORD, Field, PromptfitError, Record, Sample

ASKS = ("fields", "record", "both")
UNIT = 1000
"""What an edit in every character of a field of usual length counts for, see ``Record.weights``."""


def asked(data: Dataset, ask: str, question: str) -> Dataset:
    """The data set with the samples that are asked: its own, one a record, or both.

    Args:
        data: The data set.
        ask: One of ``ASKS``.
        question: The question of a record, with ``{keys}`` for the names of its fields and ``{doc_type}``.

    Raises:
        PromptfitError: ``ask`` is none of these, or two fields of a document type have one key.
    """
    if ask not in ASKS:
        raise PromptfitError(f"ask={ask}: there are {', '.join(ASKS)}")
    if ask == "fields":
        return data
    records = _records(data, question)
    return replace(data, samples=records if ask == "record" else (*data.samples, *records))


def as_json(values: Mapping[str, str | None]) -> str:
    """A record as one line of JSON."""
    return json.dumps(values, ensure_ascii=False)


def record_of(schema: Schema, doc_type: str) -> Record:
    """The record of a document type, without samples.

    Raises:
        PromptfitError: Two of its fields have one key.
    """
    fields = schema.of(doc_type)
    return Record((), tuple(field.key for field in fields), (), record_schema(fields))


def _records(data: Dataset, question: str) -> tuple[Sample, ...]:
    """A sample for each image of each document, in the annotation's order."""
    weights = {field: _weight([one.answer for one in own]) for field, own in _by_field(data.samples).items()}
    records = {name: record_of(data.schema, name) for name in dict.fromkeys(field.doc_type for field in weights)}
    made = []
    for (_, _, doc_type), own in grouped_by(data.samples, _capture).items():
        of = {one.field: one for one in reversed(own)}  # of two questions about one field, the first
        parts = tuple(of[field] for field in data.schema.of(doc_type) if field in of)
        whole = replace(records[doc_type], samples=parts, weights=tuple(weights[one.field] for one in parts))
        keys = ", ".join(whole.keys)
        sample = replace(
            own[0],
            question=question.replace("{keys}", keys).replace("{doc_type}", doc_type),
            answer=as_json({one.field.key: one.answer for one in parts}),
            field=Field(doc_type, RECORD),
            accepted=(),
            box=None,
            record=whole,
        )
        made.append(sample)
    return tuple(made)


def _capture(one: Sample) -> tuple[str, str, str]:
    return one.document, one.shown_digest, one.field.doc_type


def _by_field(samples: Sequence[Sample]) -> dict[Field, list[Sample]]:
    return grouped_by(samples, lambda one: one.field)


def _weight(answers: Sequence[str]) -> int:
    usual = sum(len(one.strip()) for one in answers) / len(answers)
    return max(1, round(UNIT / max(usual, 1.0)))
