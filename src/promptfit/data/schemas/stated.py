"""What somebody states of a field, and what is known of it in the end."""

from __future__ import annotations

from dataclasses import dataclass

from promptfit.types import ValueKind


@dataclass(frozen=True, slots=True)
class StatedField:
    """What a schema says of a field; None, or nothing, is left to the truths."""

    type: str = ""
    format: str | None = None
    absent: tuple[str, ...] | None = None
    choices: tuple[tuple[str, ...], ...] = ()
    description: str = ""


@dataclass(frozen=True, slots=True)
class FieldSchema:
    """What the values of a field are, and what it means."""

    kind: ValueKind
    description: str = ""
    enumerated: bool = False
    """Of a choice: whether every truth that is not absent is one of its words, letter by letter."""
