"""JSON as it stands in an answer: numbers keep their digits, objects all their members, and what was cut off says so.

Strings are ``str``, numbers ``Number``, ``null`` is None; true and false are ``bool``, lists ``Items``.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field

_VALUE = ("value", "значение")


class Number(str):
    """The text of a number: ``12.50`` is not 12.5, and no number of digits is too large."""

    __slots__ = ()


@dataclass(slots=True)
class Members:
    """An object: its members in their order, a key as often as it is there."""

    pairs: list[tuple[str, Node]] = field(default_factory=list)
    whole: bool = True
    """False where the text ended before its bracket."""


class Items(list["Node"]):
    """A list whose text may have ended before its bracket; the others are plain ones."""

    whole = True


Node = str | bool | None | Members | list["Node"]


def is_nested(node: Node) -> bool:
    """Whether a value is an object or a list."""
    return isinstance(node, (Members, list))


def is_whole(node: Node) -> bool:
    """Whether the text of a value does not end inside it."""
    return node.whole if isinstance(node, (Members, Items)) else True


def text_of(node: Node) -> tuple[str, bool]:
    """A value as text, and whether it was nested.

    A single value that stands in an object or a list is that value, and so is the ``value`` of an object, which has
    boxes or a confidence beside it. Other nested values are JSON on one line.

    Args:
        node: At most as deep as ``strict_json.DEEPEST``.
    """
    if not isinstance(node, (Members, list)):
        return _scalar(node), False
    inner: Node = node
    while isinstance(inner, (Members, list)):
        values = _values(inner)
        if len(values) != 1:
            return _encoded(inner), True
        inner = values[0]
    return _scalar(inner), True


def _values(node: Members | list[Node]) -> list[Node]:
    """What an object or a list holds; of an object that says which of it is the value, that."""
    if isinstance(node, list):
        return node
    named = [value for key, value in node.pairs if key.casefold() in _VALUE]
    return named if len(named) == 1 else [value for _, value in node.pairs]


def _scalar(node: str | bool | None) -> str:
    if isinstance(node, str):
        return str(node)
    return "" if node is None else "true" if node else "false"


def _encoded(node: Node) -> str:
    if isinstance(node, Members):
        return f"{{{_joined(f'{_quoted(key)}: {_encoded(value)}' for key, value in node.pairs)}}}"
    if isinstance(node, list):
        return f"[{_joined(map(_encoded, node))}]"
    if isinstance(node, str) and not isinstance(node, Number):
        return _quoted(node)
    return "null" if node is None else _scalar(node)


def _joined(parts: Iterable[str]) -> str:
    return ", ".join(parts)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
