"""Several operations one after the other, as documents really come in."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

import numpy as np

from promptfit.augment.operation import Altered, Operation, Pixels, Points
from promptfit.types import PromptfitError


class Combined:
    """Operations in a row, each at a share of the whole's severity: together they are harder than each alone.

    Args:
        name: Of the combination.
        steps: The operations.
        shares: Of the severity, above 0 and at most 1, one a step.

    Raises:
        PromptfitError: There are not as many shares as steps, or one is none.
    """

    def __init__(self, name: str, steps: Sequence[Operation], shares: Sequence[float]) -> None:
        if len(steps) != len(shares) or not all(0 < share <= 1 for share in shares):
            raise PromptfitError(f"augmentation {name}: shares={list(shares)}: one above 0 and at most 1 for each step")
        self.name, self._parts = name, tuple(zip(steps, shares, strict=True))
        # whatever is done another way, here or in a step, is another version
        said = ",".join(f"{step.name}@{step.version}*{share}" for step, share in self._parts)
        self.version = zlib.crc32(said.encode())

    def __call__(self, pixels: Pixels, severity: float, text_height: float, rng: np.random.Generator) -> Altered:
        """See ``Operation``; what a step covers is not known any more."""
        done: list[Altered] = []
        for step, share in self._parts:
            own = np.random.default_rng(rng.integers(2**32))
            altered = step(pixels, severity * share, text_height, own)
            text_height = max(1.0, text_height * _growth(altered, pixels))
            pixels = altered.pixels
            done.append(altered)

        def move(points: Points) -> Points:
            for altered in done:
                points = altered.move(points)
            return points

        return Altered(pixels, move)


def _growth(altered: Altered, pixels: Pixels) -> float:
    """How much longer lengths have become in the middle of the image."""
    height, width = pixels.shape[:2]
    middle = np.array((width / 2, height / 2))
    start, right, down = altered.move(middle + np.array(((0, 0), (1, 0), (0, 1))))
    growth: float = float(abs(np.linalg.det(np.stack((right - start, down - start))))) ** 0.5
    return growth
