"""Keys and values of many prompts behind those of the images that they share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from transformers.cache_utils import DynamicLayer

from promptfit.answer.local.batch_layout import BatchLayout
from promptfit.answer.local.growing_cache import GrowingLayer


class BranchLayer(GrowingLayer):
    """A layer of many prompts' keys and values behind those of their images, which stay as they are.

    Args:
        image: Keys and values of the images.
        layout: Who belongs to whom.
        prompts: How many there are.
    """

    def __init__(self, image: DynamicLayer, layout: BatchLayout, prompts: int) -> None:
        keys, values = (
            held.new_empty((prompts, held.shape[1], 0, held.shape[3])) for held in (image.keys, image.values)
        )
        super().__init__(keys, values)
        self.image, self.layout = image, layout

    def update(
        self, key_states: torch.Tensor, value_states: torch.Tensor, *args: Any, **kwargs: Any
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Returns the prompts' own keys and values; the keys lead to this layer, as nothing else goes to attention."""
        keys, values = super().update(key_states, value_states)
        keys = keys[...]  # what is kept must not lead back to the layer, or memory would wait for the collector
        keys.branch = self
        return keys, values

    def get_seq_length(self) -> int:
        """Tokens of an image and of a prompt."""
        return int(self.image.keys.shape[-2] + self.keys.shape[-2])


def select(layers: Sequence[BranchLayer], prompts: torch.Tensor) -> None:
    """Only these prompts go on, and the images that they are about."""
    layout, images = layers[0].layout.of_some(prompts.tolist())
    for layer in layers:
        layer.batch_select_indices(prompts)
        layer.layout = layout
        if len(images) < len(layer.image.keys):
            some, layer.image = layer.image, DynamicLayer()
            layer.image.update(some.keys[images], some.values[images])
