"""An image as a page holds it: small, upright, inside the page's own text."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from promptfit.support.files import pixels
from promptfit.types import PromptfitError

LONGEST = 1200
"""Pixels of the longer side; the answerer was shown the file itself."""
_LOSSLESS = 400 * 400
_SIZES = (720, 560, 420, 320, 240)


@dataclass(frozen=True, slots=True)
class EmbeddedImage:
    """A ``data:`` address, with the size that is shown."""

    address: str
    width: int
    height: int
    scale: float = 1.0
    """Shown pixels to one of the file's."""


def embedded(path: Path, longest: int = LONGEST, lossless: int = _LOSSLESS) -> EmbeddedImage | None:
    """Reads and scales an image; None where it cannot be read, which is said in the page instead.

    Args:
        path: The file.
        longest: Pixels of the longer side, at most.
        lossless: Images of up to so many pixels are kept as they are.
    """
    try:
        image = pixels.read(path)
    except PromptfitError:
        return None
    before = image.width
    image.thumbnail((longest, longest))
    kind = "png" if image.width * image.height <= lossless else "jpeg"
    content = io.BytesIO()
    image.save(content, kind, quality=85)
    address = f"data:image/{kind};base64,{base64.b64encode(content.getvalue()).decode()}"
    return EmbeddedImage(address, *image.size, image.width / before)


def album(paths: Iterable[Path], most: int) -> dict[Path, EmbeddedImage]:
    """The images of a page, as large as they can be when all of them together take no more than so many bytes.

    Those that cannot be read are left out, and so are the last ones if even the smallest size is too much.
    """
    distinct = list(dict.fromkeys(paths))
    for longest in _SIZES:
        read = {path: embedded(path, longest, lossless=0) for path in distinct}
        found = {path: picture for path, picture in read.items() if picture}
        if sum(len(picture.address) for picture in found.values()) <= most:
            return found
    while sum(len(picture.address) for picture in found.values()) > most:
        found.popitem()
    return found
