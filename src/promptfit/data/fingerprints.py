"""Small pictures of images, by which the same picture is found again though its bytes differ.

A fingerprint is the image in 128 x 128 greys. Two of them are compared at mean 0 and one spread, so that another
quality of JPEG, another size or a little more light change little. Forms that differ in one filled-in value differ by
far more at that place: so the largest difference decides and not the mean one. It errs towards telling apart: a noisy
photo that is saved anew is another picture. Measured: a page of 620 x 877 saved at quality 60, at 0.8 of the size or
3 % darker is at most 11.6 away, with one digit of 16 pixels changed at least 13.4; of the 840 drawn documents of
`large`, no two are near.

Making one decodes the image, which takes 0.1 s for a scanned page, so fingerprints are kept in a file of the host.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from promptfit.data.prints_file import prints_file
from promptfit.support.files.image_file import content_of, opened
from promptfit.support.files.pixels import turned
from promptfit.support.files.unfit_image import UnfitImage

Floats = NDArray[np.float32]

SIDE = 128
ALIKE = 12.5
"""The largest difference of greys between two fingerprints of one picture."""
COARSE = 16
"""Side of the pictures that pairs are looked up by."""
SPREAD = 48.0
LEAST_SPREAD = 2.0
"""Of the greys of an image that shows something."""
_AT_ONCE = 1024


def fingerprints(images: Mapping[str, Path], kept: Path) -> dict[str, bytes]:
    """Fingerprints by digest, ``128 * 128`` bytes; images that can't be decoded have none.

    Args:
        images: A file for each digest.
        kept: Where fingerprints are kept; where that can't be written, all are made anew.
    """
    with prints_file(kept) as store:
        found = dict(_known(store, images))
        made = {digest: print_ for digest, path in images.items() if digest not in found and (print_ := _made(path))}
        if store and made:
            store.executemany("INSERT OR IGNORE INTO prints VALUES (?, ?)", made.items())
            store.commit()
    return {digest: found.get(digest) or made[digest] for digest in images if digest in found or digest in made}


def pairs(prints: Mapping[str, bytes]) -> Iterator[tuple[str, str]]:
    """Yields the digests of every two images that show the same picture; blank ones show none."""
    names = [name for name, print_ in prints.items() if np.frombuffer(print_, np.uint8).std() >= LEAST_SPREAD]
    if len(names) < 2:
        return
    coarse = np.stack([_coarse(_normal(prints[name])) for name in names])
    squares = (coarse**2).sum(axis=1)
    reach = ALIKE**2 * COARSE**2  # a mean of greys differs by no more than the largest difference
    for start in range(0, len(names), _AT_ONCE):
        block = slice(start, start + _AT_ONCE)
        distance = squares[block, None] + squares[None] - 2 * coarse[block] @ coarse.T
        for row, other in np.argwhere(distance <= reach).tolist():
            one = start + row
            if one < other and _same(prints[names[one]], prints[names[other]]):
                yield names[one], names[other]


def _same(one: bytes, other: bytes) -> bool:
    return float(np.abs(_normal(one) - _normal(other)).max()) <= ALIKE


def _coarse(greys: Floats) -> Floats:
    step = SIDE // COARSE
    coarse: Floats = greys.reshape(COARSE, step, COARSE, step).mean(axis=(1, 3)).ravel()
    return coarse


def _known(store: sqlite3.Connection | None, digests: Iterable[str]) -> Iterator[tuple[str, bytes]]:
    for digest in digests if store else ():
        row = store.execute("SELECT greys FROM prints WHERE digest = ?", (digest,)).fetchone() if store else None
        if row and len(row[0]) == SIDE * SIDE:
            yield digest, row[0]


def _made(path: Path) -> bytes | None:
    """The greys as bytes, the image upright."""
    try:
        content = content_of(path)
        with opened(content) as image:
            image.draft("L", (4 * SIDE, 4 * SIDE))  # a JPEG is decoded at an eighth where that is enough
            grey = turned(image, content).convert("L")
            return grey.resize((SIDE, SIDE), Image.Resampling.LANCZOS, reducing_gap=3.0).tobytes()
    except (OSError, UnfitImage):  # whoever asks about it says so
        return None


def _normal(greys: bytes) -> Floats:
    values = np.frombuffer(greys, np.uint8).astype(np.float32).reshape(SIDE, SIDE)
    normal: Floats = (values - values.mean()) * (SPREAD / float(values.std()))
    return normal
