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
class SentImage:
    """An image as it is sent.

    Attributes:
        url: ``data:`` URL.
        pixels: Width times height of what is sent.
    """

    url: str
    pixels: int


def picture(path: Path, max_pixels: int | None) -> SentImage:
    """Returns the image as an API takes it: a plain PNG or JPEG that fits byte for byte, all else as a PNG.

    So a server is never left to choose a background, a profile, a page or a way up.

    Args:
        path: The file.
        max_pixels: Larger images are shrunk to this many pixels, none is enlarged; ``None`` is no limit.

    Raises:
        PromptfitError: It is missing or cannot be read.
    """
    image = pixels.read(path)  # all of it: a file that is cut off is found here, and not paid for
    fits = not max_pixels or fitted(image.size, max_pixels) == image.size
    if fits and (plain := pixels.plain(path)):
        return SentImage(_url(*plain), image.width * image.height)
    return drawn(image, max_pixels)


def drawn(image: Image, max_pixels: int | None) -> SentImage:
    """Returns an image that lies in no file, as a PNG; shrunk as ``picture`` does."""
    from PIL import Image as pillow

    size = fitted(image.size, max_pixels) if max_pixels else image.size
    if size != image.size:
        image = image.resize(size, pillow.Resampling.LANCZOS)
    written = io.BytesIO()
    image.save(written, "PNG")
    return SentImage(_url("PNG", written.getvalue()), size[0] * size[1])


def fitted(size: tuple[int, int], max_pixels: int) -> tuple[int, int]:
    """Returns width and height of at most so many pixels together, in the same proportion."""
    scale = min(1.0, (max_pixels / (size[0] * size[1])) ** 0.5)
    # Rounded down, so that the bound holds; but an image that is very narrow keeps its one pixel.
    width, height = max(1, int(size[0] * scale)), max(1, int(size[1] * scale))
    return min(width, max(1, max_pixels // height)), min(height, max(1, max_pixels // width))


def _url(kind: str, data: bytes) -> str:
    return f"data:image/{kind.lower()};base64,{base64.b64encode(data).decode()}"
