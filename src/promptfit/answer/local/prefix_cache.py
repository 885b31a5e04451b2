"""Encoded images: the keys and values of each image and what stands before it, kept for prompts to come.

What is kept is one image's alone, without padding, and the images that were used last stay, up to so many bytes. So a
search that asks the same documents round after round encodes each of them once.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from transformers.cache_utils import DynamicCache, DynamicLayer

from promptfit.answer.attending import NoAttention
from promptfit.answer.local.grid import Grid
from promptfit.answer.shown import Shown

Key = tuple[Shown, str, str]
"""What is shown, the digest of its bytes, the system text."""


@dataclass(frozen=True)
class Prefix:
    """One image and what stands before it."""

    ids: torch.Tensor
    """Its tokens, shape ``(tokens,)``."""
    layers: Sequence[tuple[torch.Tensor, torch.Tensor]]
    """Keys and values by layer, each of shape ``(key heads, tokens, d)``."""
    deltas: Sequence[torch.Tensor]
    """How far positions run from tokens, of each part of the model that keeps it (Qwen's families)."""
    grid: Grid | NoAttention
    """Of the image's tokens."""

    @property
    def bytes(self) -> int:
        """Of keys and values."""
        return sum(part.nbytes for layer in self.layers for part in layer)


class PrefixCache:
    """The prefixes that were used last.

    Args:
        room: Bytes of keys and values to keep.
    """

    def __init__(self, room: int) -> None:
        self._room = room
        self._held: OrderedDict[Key, Prefix] = OrderedDict()

    def take(self, keys: Sequence[Key]) -> dict[Key, Prefix]:
        """Those that are here; they are now the ones used last."""
        found = {key: self._held[key] for key in keys if key in self._held}
        for key in found:
            self._held.move_to_end(key)
        return found

    def keep(self, made: Mapping[Key, Prefix]) -> None:
        """Keeps what was made, and lets go of the ones that were used longest ago."""
        self._held.update(made)
        held = sum(one.bytes for one in self._held.values())
        while held > self._room:
            held -= self._held.popitem(last=False)[1].bytes

    def clear(self) -> None:
        """Gives the memory back."""
        self._held.clear()


def split(
    ids: torch.Tensor, mask: torch.Tensor, cache: DynamicCache, deltas: Sequence[Any], grids: Sequence[Any]
) -> list[Prefix]:
    """The prefixes of an encoded batch, each without its padding at the left and in memory of its own."""
    prefixes = []
    for row, shown in enumerate(mask.sum(dim=1).tolist()):
        layers = [
            (layer.keys[row, :, -shown:].clone(), layer.values[row, :, -shown:].clone()) for layer in cache.layers
        ]
        prefixes.append(Prefix(ids[row, -shown:], layers, [delta[row] for delta in deltas], grids[row]))
    return prefixes


def joined(prefixes: Sequence[Prefix], padding: int) -> tuple[torch.Tensor, torch.Tensor, DynamicCache]:
    """A batch of prefixes, padded at the left.

    Returns:
        Tokens and mask, shape ``(prefixes, tokens)``; and the cache.
    """
    width = max(len(one.ids) for one in prefixes)
    ids = torch.stack([_padded(one.ids, width, -1, padding) for one in prefixes])
    mask = torch.stack([_padded(torch.ones_like(one.ids), width, -1, 0) for one in prefixes])
    cache = DynamicCache()
    for parts in zip(*(one.layers for one in prefixes), strict=True):
        layer = DynamicLayer()
        layer.update(
            *(torch.stack([_padded(part, width, -2, 0) for part in half]) for half in zip(*parts, strict=True))
        )
        cache.layers.append(layer)
    return ids, mask, cache


def _padded(values: torch.Tensor, width: int, dim: int, filler: int) -> torch.Tensor:
    missing = width - values.shape[dim]
    if not missing:
        return values
    shape = list(values.shape)
    shape[dim] = missing
    return torch.cat([values.new_full(shape, filler), values], dim=dim)
