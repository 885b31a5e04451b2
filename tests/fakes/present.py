"""What may be missing in general, and may not where a test asks for it."""

from __future__ import annotations

from typing import TypeVar

T = TypeVar("T")


def present(value: T | None) -> T:
    """The value, which has to be there."""
    assert value is not None
    return value
