"""Who sits at which image: tensors of prompts laid out by image, and back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch


@dataclass(frozen=True)
class BatchLayout:
    """Which prompts belong to which image, as a table: each image has as many seats as the image with most prompts.

    Args:
        rows: The prompt that sits there, shape ``(images, seats)``; an empty seat holds some prompt of that image.
        places: Where each prompt sits, counted through all seats, shape ``(prompts,)``; None if that is their order.
        owners: The image of each prompt.
    """

    rows: torch.Tensor
    places: torch.Tensor | None
    owners: Sequence[int]

    @classmethod
    def of(cls, owners: Sequence[int], device: Any) -> BatchLayout:
        """Seats every prompt at its image.

        Args:
            owners: The image of each prompt; every image has a prompt.
            device: Where the tables shall lie.
        """
        guests: list[list[int]] = [[] for _ in range(max(owners) + 1)]
        for row, owner in enumerate(owners):
            guests[owner].append(row)
        width = max(map(len, guests))
        rows = [[*own, *own[:1] * (width - len(own))] for own in guests]
        places = [owner * width + guests[owner].index(row) for row, owner in enumerate(owners)]
        in_order = places == list(range(len(guests) * width))
        return cls(torch.tensor(rows, device=device), None if in_order else torch.tensor(places, device=device), owners)

    def of_some(self, prompts: Sequence[int]) -> tuple[BatchLayout, list[int]]:
        """The layout of some of the prompts, and the images that they are about, which it counts anew."""
        owners = [self.owners[prompt] for prompt in prompts]
        images = sorted(set(owners))
        return BatchLayout.of([images.index(owner) for owner in owners], self.rows.device), images

    def gather(self, values: torch.Tensor) -> torch.Tensor:
        """By prompt to by image: ``(prompts, heads, tokens, d)`` to ``(images, heads, seats * tokens, d)``."""
        images, seats = self.rows.shape
        taken = values if self.places is None else values[self.rows.flatten()]
        return taken.unflatten(0, (images, seats)).transpose(1, 2).flatten(2, 3)

    def scatter(self, values: torch.Tensor) -> torch.Tensor:
        """The way back."""
        seats = self.rows.shape[1]
        rows = values.unflatten(2, (seats, -1)).transpose(1, 2).flatten(0, 1)
        return rows if self.places is None else rows[self.places]
