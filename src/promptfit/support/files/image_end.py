"""Whether an image file is whole, seen without decoding its pixels. What follows an image's own end is nobody's fault:

a phone's motion photo has a video there, an MPO its second picture.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from promptfit.support.files.unfit_image import UnfitImage

if TYPE_CHECKING:
    from PIL.Image import Image

_MARKER = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")
"""A JPEG's marker; within a scan, FF 00 is a byte of the data and D0 to D7 are pauses in it."""
_END, _SCAN = 0xD9, 0xDA
_BETWEEN_SCANS = frozenset((0xC4, 0xCC, _SCAN, 0xDB, 0xDC, 0xDD, 0xFE, *range(0xE0, 0xF0)))
_MOST_SCANS = 100
"""A progressive JPEG has some ten. Each is decoded over the whole image: thousands of empty ones take minutes."""
_OFFSETS, _COUNTS = (273, 324), (279, 325)
"""TIFF tags: where its strips or tiles begin, and their bytes."""


def jpeg_end(content: bytes) -> int:
    """Returns the offset behind a JPEG's end marker, walking from segment to segment.

    Raises:
        UnfitImage: It has no end, or what follows a scan is no part of a JPEG (cut off, with something else behind).
    """
    place, scans = 2, 0
    while found := _MARKER.search(content, place):
        kind, place = content[found.start() + 1], found.end()
        if kind == _END and scans:
            return place
        if scans and kind not in _BETWEEN_SCANS:
            break
        scans += kind == _SCAN
        if scans > _MOST_SCANS:
            raise UnfitImage(f"a JPEG of more than {_MOST_SCANS} scans, made to take long; save it anew")
        place += int.from_bytes(content[place : place + 2], "big")
    raise UnfitImage("cut off; copy it again")


def tiff_is_cut(image: Image, length: int) -> bool:
    """Whether strips or tiles of a TIFF's first page lie behind the file's end, and its pixels can't be decoded.

    Some programs write counts that are too large: so one that seems cut off is tried.
    """
    tags = image.tag_v2  # type: ignore[attr-defined]
    for offsets, counts in zip(_OFFSETS, _COUNTS, strict=True):
        if any(sum(one) > length for one in zip(tags.get(offsets, ()), tags.get(counts, ()), strict=False)):
            try:
                image.load()
            except Exception:  # a decoder raises whatever it stumbles over
                return True
    return False
