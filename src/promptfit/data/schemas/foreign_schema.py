"""Schemas of others: JSON Schema, and with it what Pydantic makes of a model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from promptfit.data.plain_json import read_json
from promptfit.data.schemas.inferred import known_choices
from promptfit.data.schemas.stated import StatedField
from promptfit.support.texts import as_name, nfc
from promptfit.types import Field, PromptfitError

_LARGEST = 1_000_000
_DEEPEST = 20
"""References that lead from one to the next."""
_TYPES = {"boolean": "boolean", "number": "number", "integer": "number", "array": "list"}
"""By the name that JSON Schema gives them; what it calls a string is left to the truths."""
Node = Mapping[str, Any]


def read_json_schema(path: Path) -> Node:
    """Reads a JSON Schema's file.

    Raises:
        PromptfitError: It is none.
    """
    if path.is_file() and path.stat().st_size > _LARGEST:
        raise PromptfitError(f"{path}: {path.stat().st_size:,} bytes are no schema of a document")
    found = read_json(path)
    if not isinstance(found, dict):
        raise PromptfitError(f"{path}: no JSON Schema: that is an object with properties")
    return found


def stated_in(schema: Node, doc_types: Sequence[str], doc_type: str | None = None) -> dict[Field, StatedField]:
    """What a JSON Schema states: of one document type, or of several where all its properties are objects.

    Args:
        schema: With ``properties``: the names of fields.
        doc_types: Those of the data set.
        doc_type: Which of them the schema is of, where that is not plain.

    Raises:
        PromptfitError: It has no properties, it is not known which document type it is of, or a field is an object.
    """
    properties = _properties(schema, schema)
    if not properties:
        raise PromptfitError("the schema has no properties; it needs one a field, or one a document type")
    inner = {name: _resolved(one, schema) for name, one in properties.items()}
    if doc_type is None and all("properties" in one for one in inner.values()):
        return {
            Field(as_name(name), as_name(key)): _field(key, value, schema)
            for name, one in inner.items()
            for key, value in _properties(one, schema).items()
        }
    named = doc_type or _only(schema, doc_types)
    return {Field(as_name(named), as_name(key)): _field(key, value, schema) for key, value in properties.items()}


def _only(schema: Node, doc_types: Sequence[str]) -> str:
    title = as_name(str(schema.get("title", "")))
    if title in doc_types:
        return title
    if len(doc_types) == 1:
        return doc_types[0]
    raise PromptfitError(f"which document type is the schema of? Say doc_type=…; there are: {', '.join(doc_types)}")


def _properties(node: Node, whole: Node) -> Mapping[str, Node]:
    found = _resolved(node, whole).get("properties", {})
    if not isinstance(found, dict) or not all(isinstance(one, dict) for one in found.values()):
        raise PromptfitError('"properties" of the schema is no object of objects; give a JSON Schema')
    return found


def _resolved(node: Node, whole: Node) -> Node:
    """The node that references lead to; one of some other file is refused."""
    for _ in range(_DEEPEST):
        if "$ref" not in node:
            return node
        place = str(node["$ref"])
        found: Any = whole if place.startswith("#") else None
        for step in place.lstrip("#/").split("/") if place != "#" else ():
            name = step.replace("~1", "/").replace("~0", "~")
            found = found.get(name) if isinstance(found, dict) else None
        if not isinstance(found, dict):
            raise PromptfitError(f'"$ref": "{place}" of the schema leads nowhere; only places in it are looked up')
        node = {**found, **{key: value for key, value in node.items() if key != "$ref"}}
    raise PromptfitError('"$ref" of the schema leads round in a circle')


def _field(name: str, node: Node, whole: Node) -> StatedField:
    node = _resolved(node, whole)
    options = [_resolved(one, whole) for key in ("anyOf", "oneOf", "allOf") for one in node.get(key, ())]
    told = [node, *(one for one in options if one.get("type") != "null")]
    if any("properties" in one or one.get("type") == "object" for one in told):
        raise PromptfitError(f'"{name}" of the schema is an object; a document type is a flat list of fields')
    choices = next((own for one in told if (own := _choices(one))), ())
    types = [found for one in told if (found := _type(one))]
    type = "choice" if choices else next(iter(types), "")
    return StatedField(type, choices=choices, description=nfc(str(node.get("description", ""))))


def _type(node: Node) -> str:
    names = node.get("type", "")
    if str(node.get("format", "")).startswith("date"):
        return "date"
    found = (_TYPES.get(str(one), "") for one in (names if isinstance(names, list) else [names]))
    return next(filter(None, found), "")


def _choices(node: Node) -> tuple[tuple[str, ...], ...]:
    values = node.get("enum", [node["const"]] if "const" in node else [])
    if not isinstance(values, list):
        raise PromptfitError('"enum" of the schema is no list')
    return known_choices([nfc(str(one)) for one in values if one is not None and not isinstance(one, dict | list)])
