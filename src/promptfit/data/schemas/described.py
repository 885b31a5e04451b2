"""Fields of a schema in words, for those who write prompts."""

from __future__ import annotations

from promptfit.data.schemas.dataset_schema import Schema
from promptfit.data.schemas.stated import FieldSchema
from promptfit.types import Field


def described(schema: Schema, doc_type: str) -> list[str]:
    """A line a field of the document type, in their order: its key, its type and form, its choices, what it means."""
    return [_line(field, own) for field, own in schema.of(doc_type).items()]


def _line(field: Field, own: FieldSchema) -> str:
    kind = own.kind
    choices = f": {', '.join(one[0] for one in kind.choices)}" if kind.choices else ""
    form = f" {kind.format}" if kind.format else ""
    return f"{field.key} ({kind.type}{form}{choices}){f': {own.description}' if own.description else ''}"
