"""Where to cover as much as the answer's box has, but away from every box of the document."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from random import Random

import numpy as np
from numpy.typing import NDArray

from promptfit.study.grounding.occluder import Patch

PIECES = (1, 2, 4, 8, 16)
"""Into how many pieces a patch is cut until they find room."""


def elsewhere(patch: Patch, taken: Sequence[Patch], width: int, height: int, rng: Random) -> tuple[Patch, ...] | None:
    """A patch of the same size, or equal pieces of it, at a random free place.

    Args:
        patch: What is covered.
        taken: What must stay visible; the patch itself is kept away from, too.
        width: Of the image, in pixels.
        height: The same.
        rng: Draws the place.

    Returns:
        Patches as large together as the given one (a pixel's rounding aside); None where the image has no room.
    """
    for pieces in PIECES:
        sizes = _cut(patch[2] - patch[0], patch[3] - patch[1], pieces)
        if sizes and (found := _placed(sizes, [patch, *taken], width, height, rng)):
            return found
    return None


def _cut(wide: int, high: int, pieces: int) -> list[tuple[int, int]]:
    """Sizes of pieces that lie side by side along the longer side; none where they would have no pixel."""
    if pieces > max(wide, high):
        return []
    ends = [round(max(wide, high) * place / pieces) for place in range(pieces + 1)]
    lengths = [end - start for start, end in pairwise(ends)]
    return [(length, high) if wide >= high else (wide, length) for length in lengths]


def _placed(
    sizes: Sequence[tuple[int, int]], taken: Sequence[Patch], width: int, height: int, rng: Random
) -> tuple[Patch, ...] | None:
    full = np.zeros((height, width), dtype=np.int32)
    for x1, y1, x2, y2 in taken:
        full[max(0, y1) : y2, max(0, x1) : x2] = 1
    found: list[Patch] = []
    for wide, high in sizes:
        ys, xs = np.nonzero(_free(full, wide, high))
        if not len(ys):
            return None
        place = rng.randrange(len(ys))
        x, y = int(xs[place]), int(ys[place])
        found.append((x, y, x + wide, y + high))
        full[y : y + high, x : x + wide] = 1
    return tuple(found)


def _free(full: NDArray[np.int32], wide: int, high: int) -> NDArray[np.bool_]:
    """Whether a window of this size is empty, by its upper left pixel; empty where it does not fit at all."""
    sums = np.pad(full.cumsum(axis=0).cumsum(axis=1), ((1, 0), (1, 0)))
    rows, columns = full.shape[0] - high + 1, full.shape[1] - wide + 1
    if rows < 1 or columns < 1:
        return np.zeros((0, 0), dtype=bool)
    inside = sums[high:, wide:] - sums[:-high, wide:] - sums[high:, :-wide] + sums[:-high, :-wide]
    clear: NDArray[np.bool_] = inside[:rows, :columns] == 0
    return clear
