"""Several operations one after the other, as documents really come in."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from promptfit.augment.base import Altered, Operation, Pixels


class Combined:
    """Operations in a row, each at the severity of the whole or weaker: together they are harder than each alone.

    Args:
        name: Of the combination.
        steps: The operations.
        weaker: By how much each is weaker than the whole; under 1, a step is left out.
    """

    def __init__(self, name: str, steps: Sequence[Operation], weaker: Sequence[int]) -> None:
        self.name, self.steps, self.weaker = name, tuple(steps), tuple(weaker)
        # what a step does now is a part of what the whole does
        self.version = sum(step.version for step in self.steps)

    def __call__(self, pixels: Pixels, severity: int, text_height: float, rng: np.random.Generator) -> Altered:
        """See ``Operation``; the text's height shrinks with the image."""
        matrix = np.eye(3)
        for step, less in zip(self.steps, self.weaker, strict=True):
            chance = np.random.default_rng(int(rng.integers(2**31)))  # a step that is left out changes no other one
            if severity - less < 1:
                continue
            altered = step(pixels, severity - less, text_height, chance)
            pixels = altered.pixels
            if altered.matrix is not None:
                matrix = altered.matrix @ matrix
                text_height *= float(abs(np.linalg.det(altered.matrix[:2, :2]))) ** 0.5
        return Altered(pixels, matrix)
