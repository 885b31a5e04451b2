"""The JSON Schema of a document type's record: what an answer can be held to, see ``answer/structured.py``."""

from __future__ import annotations

import json
from collections.abc import Mapping

from promptfit.data.schemas.stated import FieldSchema
from promptfit.types import Field, PromptfitError

_VALUE = ("string", "null")
"""Values are copied as they are printed, so that no number is one: ``007`` and ``12,50`` are texts; null is nothing."""


def record_schema(fields: Mapping[Field, FieldSchema]) -> str:
    """The JSON Schema of a record, as text: an object with all its fields and no others.

    The same fields give the same text. Keys are not sorted: properties stand in the order of the record, and so do
    those of answers that are held to it.

    Args:
        fields: Of one document type, in order, as ``Schema.of`` has them.

    Raises:
        PromptfitError: There are no fields, or two have one key.
    """
    properties: dict[str, object] = {}
    for field, own in fields.items():
        if field.key in properties:
            raise PromptfitError(f'a record of {field.doc_type} has "{field.key}" twice; give one another name')
        properties[field.key] = _value(own)
    if not properties:
        raise PromptfitError("a record without fields has no schema; name its fields")
    whole = {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }
    return json.dumps(whole, ensure_ascii=False, separators=(",", ":"))


def _value(own: FieldSchema) -> dict[str, object]:
    value: dict[str, object] = {"type": list(_VALUE)}
    if own.enumerated:
        words = dict.fromkeys(word for group in own.kind.choices for word in group)
        value["enum"] = [*words, None]
    return {**value, "description": own.description} if own.description else value
