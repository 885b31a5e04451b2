"""The one door to image files: which kinds are opened, how large they may be, and that they are whole."""

from __future__ import annotations

import io
import math
import os
import re
import stat
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image, ImageFile, UnidentifiedImageError

from promptfit.support.files.image_end import jpeg_end, tiff_is_cut
from promptfit.support.files.unfit_image import UnfitImage
from promptfit.types import PromptfitError

warnings.filterwarnings("ignore", module="PIL")  # what is wrong with a file is said once, by ``opened``

KINDS = ("JPEG", "PNG", "TIFF", "WEBP", "GIF", "BMP", "JPEG2000", "AVIF", "PPM")
"""What is opened, whatever the file is called. Pillow would try each format that it knows, and start Ghostscript."""
VARIABLE = "PROMPTFIT_MEGAPIXELS"
"""Of the environment, which reaches every process and every part that opens images; it changes no answer."""
MEGAPIXELS = 40.0
"""The limit where the variable is not set: an A4 page at 600 dpi has 35."""
_BYTES = 8
"""Of a pixel, at most: four channels of 16 bits. A file with more than that for every pixel allowed is refused."""
_TILE_WIDTH, _TILE_LENGTH = 322, 323
_FOREIGN = (
    (re.compile(rb"%PDF"), "a PDF; save its pages as images (pdftoppm -r 200 -png file.pdf page)"),
    (re.compile(rb"(\xc5\xd0\xd3\xc6|%!)"), "PostScript, which is a program and is never run; save it as a PNG"),
    (re.compile(rb"....ftyp(hei|hev|mif1|msf1)", re.DOTALL), "a HEIC photo; save it as a JPEG"),
    (re.compile(rb"AT&TFORM"), "a DjVu; save its pages as images (ddjvu -format=tiff)"),
)


@contextmanager
def opened(content: bytes) -> Iterator[ImageFile.ImageFile]:
    """Opens an image of one of ``KINDS`` whose header and end are sound; its pixels are not decoded yet.

    Raises:
        UnfitImage: It is none, is larger than the limit, or is cut off; or what is done with it stumbles over it.
    """
    most = megapixels() * 1e6
    # Pillow warns at 89 megapixels and refuses at twice that: a limit that is raised must reach it
    Image.MAX_IMAGE_PIXELS = max(Image.MAX_IMAGE_PIXELS or 0, int(most))
    try:
        with Image.open(io.BytesIO(content), formats=KINDS) as image:
            _check_pixels(max(image.width * image.height, _tile(image)), most)
            if image.format in ("JPEG", "MPO"):
                jpeg_end(content)
            elif image.format == "TIFF" and tiff_is_cut(image, len(content)):
                raise UnfitImage("cut off; copy it again")
            yield image
    except (UnfitImage, PromptfitError):
        raise
    except Image.DecompressionBombError as error:
        found = re.search(r"(\d+) pixels", str(error))
        _check_pixels(int(found[1]) if found else 1 << 62, most)
    except MemoryError as error:
        raise UnfitImage("more than this machine's memory holds; shrink it, or free some memory") from error
    except UnidentifiedImageError as error:
        raise UnfitImage(_foreign(content)) from error
    except Exception as error:  # decoders of broken files raise whatever they stumble over
        raise UnfitImage(f"not an image that can be read ({error}); replace the file") from error


def content_of(path: Path) -> bytes:
    """Reads a whole file, if it is one and is no larger than an image can be.

    Raises:
        UnfitImage: It is a pipe, a device or the like, or too large.
        OSError: It cannot be read.
    """
    found, most = path.stat(), megapixels() * 1e6 * _BYTES
    if not stat.S_ISREG(found.st_mode):
        raise UnfitImage("not a file; name an image")
    if found.st_size > most:
        said = f"a file of {found.st_size / 1e6:,.0f} MB, and {most / 1e6:,.0f} is the limit"
        raise UnfitImage(f"{said}; {_remedy(found.st_size / _BYTES)}")
    return path.read_bytes()


def megapixels() -> float:
    """The largest image, in millions of pixels.

    Raises:
        PromptfitError: The variable holds no number above 0.
    """
    written = os.environ.get(VARIABLE, "").strip()
    try:
        limit = float(written or MEGAPIXELS)
    except ValueError:
        limit = 0
    if not 0 < limit < 1e6:
        raise PromptfitError(f'the environment variable {VARIABLE} is "{written}"; write a number above 0, like 60')
    return limit


def _tile(image: ImageFile.ImageFile) -> int:
    """Pixels of a TIFF's tile, of which each is unpacked whole however little of it the image has."""
    tags = getattr(image, "tag_v2", {})
    return int(tags.get(_TILE_WIDTH, 0) * tags.get(_TILE_LENGTH, 0))


def _check_pixels(pixels: int, most: float) -> None:
    if pixels > most:
        raise UnfitImage(
            f"too large an image ({pixels / 1e6:,.1f} megapixels, and {most / 1e6:g} is the limit); {_remedy(pixels)}"
        )


def _remedy(pixels: float) -> str:
    return f"shrink it, or raise the limit: {VARIABLE}={math.ceil(pixels / 1e6)}"


def _foreign(content: bytes) -> str:
    """Why a file of none of the kinds is not read."""
    known = next((remedy for start, remedy in _FOREIGN if start.match(content)), "")
    kinds = "JPEG, PNG, TIFF, WebP, GIF, BMP, JPEG 2000, AVIF, PBM, PGM and PPM"
    return f"not an image that can be read ({kinds} are); " + (f"it is {known}" if known else "replace the file")
