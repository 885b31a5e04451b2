"""Covers places of an image, each by a fill that leaves nothing to read."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from promptfit.types import Box, PromptfitError

if TYPE_CHECKING:
    from PIL.Image import Image

VERSION = 1
"""Part of every cover's name: to be raised with each change here that changes a pixel."""

Pixels = NDArray[np.uint8]
"""Shape ``(height, width, 3)``."""
Patch = tuple[int, int, int, int]
"""x1, y1, x2, y2 in whole pixels; x2 and y2 are the first ones outside."""
Fill = Callable[[Pixels, Patch, np.random.Generator], "Pixels | NDArray[np.floating]"]


@dataclass(frozen=True, slots=True)
class Cover:
    """Some patches under one fill; an alteration of a request."""

    patches: tuple[Patch, ...]
    fill: str
    seed: int

    @property
    def name(self) -> str:
        """Canonical, so that kept answers are found again: ``cover@<version>/<patches>/<fill>/<seed>``."""
        places = "+".join(",".join(map(str, patch)) for patch in self.patches)
        return f"cover@{VERSION}/{places}/{self.fill}/{self.seed}"

    def __call__(self, image: Image) -> Image:
        """The image with its patches covered."""
        from PIL import Image as pillow

        pixels = np.array(image)
        drawn = pixels.copy()
        for patch in self.patches:
            x1, y1, x2, y2 = patch
            drawn[y1:y2, x1:x2] = np.rint(FILLS[self.fill](pixels, patch, np.random.default_rng(self.seed)))
        return pillow.fromarray(drawn)


def around(box: Box, width: int, height: int) -> Patch:
    """The patch that covers a box with a small margin: a tenth of its shorter side, a pixel at least."""
    x1, y1, x2, y2 = box
    margin = max(1.0, 0.1 * min(x2 - x1, y2 - y1))
    left, top = max(0, int(np.floor(x1 - margin))), max(0, int(np.floor(y1 - margin)))
    return left, top, min(width, int(np.ceil(x2 + margin))), min(height, int(np.ceil(y2 + margin)))


def checked_fills(fills: Sequence[str]) -> tuple[str, ...]:
    """The fills, each once.

    Raises:
        PromptfitError: There is none, or one has no such name.
    """
    unknown = [fill for fill in fills if fill not in FILLS]
    if unknown or not fills:
        raise PromptfitError(f"fills={list(fills)}: no such fill; there are: {', '.join(FILLS)}")
    return tuple(dict.fromkeys(fills))


def _background(pixels: Pixels, patch: Patch, _: np.random.Generator) -> NDArray[np.floating]:
    """The paper's colour around the patch: the median of a ring."""
    x1, y1, x2, y2 = patch
    wide = max(2, (y2 - y1) // 4)
    top, left = max(0, y1 - wide), max(0, x1 - wide)
    inside = np.zeros(pixels[top : y2 + wide, left : x2 + wide].shape[:2], dtype=bool)
    inside[y1 - top : y2 - top, x1 - left : x2 - left] = True
    ring = pixels[top : y2 + wide, left : x2 + wide][~inside]
    colour: NDArray[np.floating] = np.median(ring if len(ring) else pixels.reshape(-1, 3), axis=0)
    return colour


def _gray(pixels: Pixels, _: Patch, __: np.random.Generator) -> NDArray[np.floating]:
    """The mean gray of the whole image."""
    return np.full(3, pixels.mean())


def _blur(pixels: Pixels, patch: Patch, _: np.random.Generator) -> Pixels:
    """Gaussian, so wide that no letter survives: half of the patch's shorter side."""
    from PIL import Image, ImageFilter

    x1, y1, x2, y2 = patch
    radius = max(2.0, min(x2 - x1, y2 - y1) / 2)
    reach = int(3 * radius)
    top, left = max(0, y1 - reach), max(0, x1 - reach)
    part = Image.fromarray(pixels[top : y2 + reach, left : x2 + reach]).filter(ImageFilter.GaussianBlur(radius))
    return np.array(part)[y1 - top : y2 - top, x1 - left : x2 - left]


def _noise(pixels: Pixels, patch: Patch, rng: np.random.Generator) -> Pixels:
    """Every pixel of its own random colour."""
    x1, y1, x2, y2 = patch
    return rng.integers(0, 256, (y2 - y1, x2 - x1, 3), dtype=np.uint8)


def _white(pixels: Pixels, _: Patch, __: np.random.Generator) -> NDArray[np.floating]:
    return np.full(3, 255.0)


FILLS: Mapping[str, Fill] = {
    "background": _background,
    "gray": _gray,
    "blur": _blur,
    "noise": _noise,
    "white": _white,
}
