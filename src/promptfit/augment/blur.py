"""Blurred images: out of focus, or moved while the shutter was open."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from promptfit.augment.operation import Altered, Pixels, level


class Defocus:
    """Out of focus: every point becomes a disc."""

    name, version = "defocus", 1

    def __call__(self, pixels: Pixels, severity: float, text_height: float, rng: np.random.Generator) -> Altered:
        """See ``Operation``; the disc's radius is a share of the text's height."""
        return Altered(_filtered(pixels, _disc(level(severity, 0, 0.05, 0.09, 0.14, 0.2, 0.28) * text_height)))


class MotionBlur:
    """Moved while the shutter was open: every point becomes a line."""

    name, version = "motion_blur", 1

    def __call__(self, pixels: Pixels, severity: float, text_height: float, rng: np.random.Generator) -> Altered:
        """See ``Operation``; the line's length is a share of the text's height; its direction is the document's own."""
        length = level(severity, 0, 0.12, 0.25, 0.42, 0.65, 1) * text_height
        return Altered(_filtered(pixels, _line(length, rng.uniform(0, math.pi))))


def _filtered(pixels: Pixels, kernel: NDArray[np.float32]) -> Pixels:
    import cv2

    filtered: Pixels = cv2.filter2D(pixels, -1, kernel, borderType=cv2.BORDER_REPLICATE)
    return filtered


def _disc(radius: float) -> NDArray[np.float32]:
    """A disc with soft edges, so that radii below a pixel differ too."""
    reach = math.ceil(radius)
    across = np.arange(-reach, reach + 1)
    disc = np.clip(radius + 0.5 - np.hypot(across[:, None], across), 0, 1)
    weights: NDArray[np.float32] = (disc / disc.sum()).astype(np.float32)
    return weights


def _line(length: float, angle: float) -> NDArray[np.float32]:
    """A line of real length and angle: its points, each shared out among the four pixels around it."""
    reach = math.ceil(length / 2)
    kernel = np.zeros((2 * reach + 2, 2 * reach + 2))
    along = np.linspace(-length / 2, length / 2, 8 * reach + 9)
    xs, ys = along * math.cos(angle) + reach, along * math.sin(angle) + reach
    left, top = np.floor(xs).astype(int), np.floor(ys).astype(int)
    for dx in (0, 1):
        for dy in (0, 1):
            np.add.at(kernel, (top + dy, left + dx), np.abs(1 - dx - (xs - left)) * np.abs(1 - dy - (ys - top)))
    kernel = kernel[:-1, :-1]
    weights: NDArray[np.float32] = (kernel / kernel.sum()).astype(np.float32)
    return weights
