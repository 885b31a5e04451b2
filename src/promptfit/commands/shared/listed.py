"""Keys of the configuration that take one value or a list of them."""

from __future__ import annotations

from typing import Any

from omegaconf import ListConfig


def listed(value: Any) -> list[Any]:
    """What a key lists: one value is a list of one, null an empty list."""
    if value is None:
        return []
    return list(value) if isinstance(value, ListConfig) else [value]


def named(value: Any) -> list[str] | None:
    """The same as texts; None where nothing was said, which mostly means all there are."""
    return None if value is None else [str(one) for one in listed(value)]
