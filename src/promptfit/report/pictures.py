"""An image as a page holds it: small, upright, inside the page's own text."""

from __future__ import annotations

import base64
import io
from dataclasses import dataclass
from pathlib import Path

LONGEST = 1200
"""Pixels of the longer side; the answerer was shown the file itself."""
_LOSSLESS = 400 * 400


@dataclass(frozen=True, slots=True)
class Picture:
    """A ``data:`` address, with the size that is shown."""

    address: str
    width: int
    height: int


def embedded(path: Path) -> Picture | None:
    """Reads and scales an image; None where it cannot be read, which is said in the page instead."""
    from PIL import Image, ImageOps

    try:
        with Image.open(path) as opened:
            image = ImageOps.exif_transpose(opened).convert("RGB")
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        return None
    image.thumbnail((LONGEST, LONGEST))
    kind = "png" if image.width * image.height <= _LOSSLESS else "jpeg"
    content = io.BytesIO()
    image.save(content, kind, quality=85)
    return Picture(f"data:image/{kind};base64,{base64.b64encode(content.getvalue()).decode()}", *image.size)
