"""Images in a message to an API: ``data:`` URLs without any loss, the file's own bytes where they will do."""

from __future__ import annotations

import base64
import io
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from promptfit.support.files import pixels

if TYPE_CHECKING:
    from PIL.Image import Image


@dataclass(frozen=True, slots=True)
class SentBounds:
    """What an image may have at most when it is sent; a larger one is shrunk, none is enlarged.

    Attributes:
        pixels: Width times height; ``None`` is no limit.
        length: Bytes of it in base64, as servers count; ``None`` is no limit.
    """

    pixels: int | None = None
    length: int | None = None


@dataclass(frozen=True, slots=True)
class SentImage:
    """An image as it is sent.

    Attributes:
        url: ``data:`` URL.
        pixels: Width times height of what is sent.
    """

    url: str
    pixels: int


def picture(path: Path, bounds: SentBounds) -> SentImage:
    """Returns the image as an API takes it: a plain PNG or JPEG that fits byte for byte, all else as a PNG.

    So a server is never left to choose a background, a profile, a page or a way up.

    Raises:
        PromptfitError: It is missing or cannot be read.
    """
    image = pixels.read(path)  # all of it: a file that is cut off is found here, and not paid for
    fits = not bounds.pixels or fitted(image.size, bounds.pixels) == image.size
    if fits and (plain := pixels.plain(path)) and not _excess(plain[1], bounds):
        return SentImage(_url(*plain), image.width * image.height)
    return drawn(image, bounds)


def drawn(image: Image, bounds: SentBounds) -> SentImage:
    """Returns an image that lies in no file, as a PNG; shrunk as ``picture`` does, and each time from the whole."""
    size = fitted(image.size, bounds.pixels) if bounds.pixels else image.size
    while (excess := _excess(data := _png(image, size), bounds)) and size != (1, 1):
        size = fitted(size, max(1, int(size[0] * size[1] * _CAUTION / excess)))
    return SentImage(_url("PNG", data), size[0] * size[1])


_CAUTION = 0.9
"""A smaller image has more to a pixel: what is left of those that its bytes would allow."""


def _png(image: Image, size: tuple[int, int]) -> bytes:
    from PIL import Image as pillow

    written = io.BytesIO()
    (image if size == image.size else image.resize(size, pillow.Resampling.LANCZOS)).save(written, "PNG")
    return written.getvalue()


def _excess(data: bytes, bounds: SentBounds) -> float:
    """How many times as long as it may be it is in base64; 0 where it is not too long."""
    length = 4 * -(-len(data) // 3)
    return length / bounds.length if bounds.length and length > bounds.length else 0.0


def fitted(size: tuple[int, int], max_pixels: int) -> tuple[int, int]:
    """Returns width and height of at most so many pixels together, in the same proportion."""
    scale = min(1.0, (max_pixels / (size[0] * size[1])) ** 0.5)
    # Rounded down, so that the bound holds; but an image that is very narrow keeps its one pixel.
    width, height = max(1, int(size[0] * scale)), max(1, int(size[1] * scale))
    return min(width, max(1, max_pixels // height)), min(height, max(1, max_pixels // width))


def _url(kind: str, data: bytes) -> str:
    return f"data:image/{kind.lower()};base64,{base64.b64encode(data).decode()}"
