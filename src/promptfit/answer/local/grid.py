"""Which part of the image each of its tokens stands for, where they form one grid over the whole of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isqrt
from typing import Any

from promptfit.answer.attending import NoAttention
from promptfit.answer.local.loaded import Loaded

Grid = tuple[int, int]
"""Rows and columns; tokens stand in reading order."""


def grids(loaded: Loaded, features: Mapping[str, Any], counts: Sequence[int]) -> list[Grid]:
    """The grid of each image, from what the processor made of it.

    Args:
        loaded: Its processor made the features.
        features: One image a row.
        counts: Image tokens, by image.

    Raises:
        NoAttention: The image is cut into tiles, cropped or padded, or its tokens fill no grid.
    """
    if "image_grid_thw" in features:  # Qwen's families: patches, of which some squares are merged into a token
        merge = loaded.model.config.vision_config.spatial_merge_size
        found = [(high // merge, wide // merge) for _, high, wide in features["image_grid_thw"].tolist()]
    else:
        height, width = _stretched(loaded, features, len(counts))
        found = [_filled(count, height, width) for count in counts]
    if any(rows * columns != count for (rows, columns), count in zip(found, counts, strict=True)):
        raise _none(loaded, "the tokens of its image fill no grid")
    return found


def grids_or_why(loaded: Loaded, features: Mapping[str, Any], counts: Sequence[int]) -> list[Grid] | list[NoAttention]:
    """The same, or for each image why there is none."""
    try:
        return grids(loaded, features, counts)
    except NoAttention as why:
        return [why] * len(counts)


def _stretched(loaded: Loaded, features: Mapping[str, Any], images: int) -> tuple[int, int]:
    """Height and width that every image was stretched to as a whole."""
    pixels = features.get("pixel_values")
    if pixels is None or "image_sizes" in features:
        raise _none(loaded, "it keeps tiles or margins of an image")
    height, width = pixels.shape[-2:]
    if pixels.numel() != images * 3 * height * width:
        raise _none(loaded, "it cuts an image into tiles")
    shown = features.get("pixel_attention_mask")
    if getattr(loaded.processor.image_processor, "do_center_crop", False) or (shown is not None and not shown.all()):
        raise _none(loaded, "it crops or pads an image")
    return height, width


def _filled(count: int, height: int, width: int) -> Grid:
    """The grid of so many square tokens over a picture of this shape."""
    rows = isqrt(count * height // width)
    return rows, count // max(1, rows)


def _none(loaded: Loaded, why: str) -> NoAttention:
    return NoAttention(f"a {loaded.model.config.model_type} gives no attention map: {why}")
