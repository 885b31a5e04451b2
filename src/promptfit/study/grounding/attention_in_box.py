"""How much of an answer's attention lies in the answer's box.

Attention is relative (arXiv 2502.17422): that of the question divided by that of a prompt that asks for nothing, token
by token, which takes away the places that a model looks at whatever it is asked.

The layer to report is chosen without a look at what is reported: on one half of the documents (every second of a type,
in a seeded order) it is the one with the most mean mass in the box, and all figures are of the other half.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

import numpy as np
from numpy.typing import NDArray

from promptfit.answer.attending import Gaze
from promptfit.study.grounding.shares import DocumentShare, difference, share
from promptfit.study.records import look_json
from promptfit.support.grouped_by import grouped_by
from promptfit.types import Box, Sample

Floats = NDArray[np.float64]
LEAST = 1e-6
"""A weight that is taken for no less: half precision rounds smaller ones to 0."""


@dataclass(frozen=True, slots=True)
class Glance:
    """What of a gaze is kept: some numbers a layer."""

    mass: Floats
    """Share of the relative attention inside the box, by layer; to six decimals, as a batch's size changes the last."""
    points: NDArray[np.bool_]
    """Whether the strongest spot lies in the box, by layer."""
    area: float
    """The box's share of the image."""
    absolute: Floats
    """As ``mass``, of the attention itself."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A sample whose answer's attention is known."""

    sample: Sample
    right: bool
    glance: Glance


def relative(gaze: Gaze) -> Floats:
    """Attention of the question over that of the generic prompt, shape ``(layers, rows, columns)``."""
    return gaze.question.astype(np.float64) / np.maximum(gaze.generic.astype(np.float64), LEAST)


def coverage(box: Box, size: tuple[int, int], shape: tuple[int, int]) -> Floats:
    """The share of each of the grid's cells that the box covers, shape ``(rows, columns)``.

    Args:
        box: In pixels of the image.
        size: The image's width and height.
        shape: The grid's rows and columns; it spans the whole image.
    """
    across = _overlaps(box[0], box[2], size[0], shape[1])
    down = _overlaps(box[1], box[3], size[1], shape[0])
    return np.outer(down, across)


def glance(gaze: Gaze, box: Box, size: tuple[int, int]) -> Glance:
    """Measures a gaze against a box.

    The strongest spot is a cell of the grid, which may be larger than the box: it lies in the box if the box covers at
    least half as much of it as of the cell that it covers most.
    """
    looked, itself = relative(gaze), gaze.question.astype(np.float64)
    inside = coverage(box, size, gaze.question.shape[1:])
    strongest = looked.reshape(len(looked), -1).argmax(axis=1)
    points = inside.reshape(-1)[strongest] >= 0.5 * inside.max()
    return Glance(_mass(looked, inside), points, float(inside.mean()), _mass(itself, inside))


def choosing(seen: Sequence[Seen], seed: int) -> frozenset[str]:
    """The documents that the layer is chosen on: every second of a type, in a seeded order."""
    types: dict[str, set[str]] = {}
    for one in seen:
        types.setdefault(one.sample.field.doc_type, set()).add(one.sample.document)
    chosen: set[str] = set()
    for doc_type, documents in sorted(types.items()):
        order = sorted(documents)
        Random(f"layer {seed} {doc_type}").shuffle(order)
        chosen |= set(order[1::2])
    return frozenset(chosen)


def attention(seen: Sequence[Seen], seed: int, taught: bool) -> look_json.Attention:
    """The figures over the documents that the layer was not chosen on.

    Args:
        seen: At least one answer.
        seed: Of the halves and of the intervals.
        taught: What the answerer's configuration declares of its training.
    """
    chosen = choosing(seen, seed)
    told = [one for one in seen if one.sample.document not in chosen]
    on = [one for one in seen if one.sample.document in chosen] or told  # one document a type: there are no halves
    layer = int(np.mean([one.glance.mass for one in on], axis=0).argmax())
    right, wrong = (_masses(told, layer, which) for which in (True, False))
    itself = [DocumentShare(one.sample.document, float(one.glance.absolute[layer])) for one in told]
    absolute = {
        which: [part for part, one in zip(itself, told, strict=True) if one.right is which] for which in (True, False)
    }
    fields = grouped_by(told, lambda one: one.sample.field.name)
    return look_json.Attention(
        layer=layer,
        mass_right=share(right, seed),
        mass_wrong=share(wrong, seed),
        mass_difference=difference(right, wrong, seed),
        area=share([DocumentShare(one.sample.document, one.glance.area) for one in told], seed),
        pointing=share([DocumentShare(one.sample.document, float(one.glance.points[layer])) for one in told], seed),
        layers=[share(_masses(told, place), seed) for place in range(len(told[0].glance.mass))],
        fields=_by_field(fields, layer, seed),
        taught=taught,
        absolute_right=share(absolute[True], seed),
        absolute_wrong=share(absolute[False], seed),
        absolute_difference=difference(absolute[True], absolute[False], seed),
    )


def _by_field(fields: Mapping[str, Sequence[Seen]], layer: int, seed: int) -> dict[str, look_json.Share]:
    return {name: share(_masses(own, layer), seed) for name, own in fields.items()}


def _mass(looked: Floats, inside: Floats) -> Floats:
    """By layer; a layer that gives the image nothing has none in the box either."""
    total = looked.sum(axis=(1, 2))
    mass = np.divide((looked * inside).sum(axis=(1, 2)), total, out=np.zeros(len(looked)), where=total > 0)
    rounded: Floats = mass.round(6)
    return rounded


def _masses(seen: Sequence[Seen], layer: int, right: bool | None = None) -> list[DocumentShare]:
    return [
        DocumentShare(one.sample.document, float(one.glance.mass[layer])) for one in seen if right in (None, one.right)
    ]


def _overlaps(start: float, end: float, length: int, cells: int) -> Floats:
    edges = np.arange(cells + 1) * (length / cells)
    overlaps: Floats = np.clip(np.minimum(edges[1:], end) - np.maximum(edges[:-1], start), 0, None) * (cells / length)
    return overlaps
