"""Keys and values with room to grow: the library's own layer copies all of them for every new token."""

from __future__ import annotations

from typing import Any

import torch
from transformers.cache_utils import DynamicLayer

ROOM = 64
"""Tokens to have room for at a time."""


class GrowingLayer(DynamicLayer):
    """A layer that holds and says what the library's would.

    Args:
        keys: What it holds at first, shape ``(rows, heads, tokens, d)``; it is not written to.
        values: The same of values.
    """

    def __init__(self, keys: torch.Tensor, values: torch.Tensor) -> None:
        super().__init__()
        self.dtype, self.device, self.is_initialized = keys.dtype, keys.device, True
        self.keys, self.values = keys, values
        self._spacious = self.keys, self.values

    def update(
        self, key_states: torch.Tensor, value_states: torch.Tensor, *args: Any, **kwargs: Any
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Writes behind what is there, and moves to where there is more room if it has to."""
        self.keys, keys = _put(self.keys, self._spacious[0], key_states)
        self.values, values = _put(self.values, self._spacious[1], value_states)
        self._spacious = keys, values
        return self.keys, self.values


def _put(held: torch.Tensor, spacious: torch.Tensor, new: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Returns what is held then, and where it lies."""
    begin, end = held.shape[-2], held.shape[-2] + new.shape[-2]
    moved = held.data_ptr() != spacious.data_ptr() or len(held) != len(spacious)  # rows were chosen, or reordered
    if moved or end > spacious.shape[-2]:
        spacious = held.new_empty((*held.shape[:-2], end + ROOM, held.shape[-1]))
        spacious[..., :begin, :] = held
    spacious[..., begin:end, :] = new
    return spacious[..., :end, :], spacious
