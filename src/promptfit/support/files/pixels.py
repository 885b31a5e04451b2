"""The pixels of an image file as every part sees them: the answerers, the generators, the studies and the reports."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from promptfit.support.files.image_end import jpeg_end
from promptfit.support.files.image_file import content_of, opened
from promptfit.support.files.unfit_image import UnfitImage
from promptfit.types import PromptfitError

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageFile import ImageFile

_LEAST = 4
"""Pixels a side. Where no letter fits there is nothing to answer, and families fail on it each in its own way."""
_ORIENTATION = 0x0112
_SIDEWAYS = (5, 6, 7, 8)
_PLAIN = ("RGB", "L", "1")
_SUBFILE, _REDUCED_OR_MASK = 254, 0b101
_MOST_PAGES = 1000


@dataclass(frozen=True, slots=True)
class Header:
    """What an image file says of itself before it is decoded.

    Attributes:
        kind: ``JPEG``, ``PNG`` and the like.
        size: Width and height as it is shown, upright.
        pages: Pages of a TIFF, or pictures of an animation; the first is read. An MPO's second picture is the
            camera's own (a preview, the other eye, a map of brightness) and no page.
        steps: What is done to its values, see ``colours.steps``.
        plain: Whether every program reads the same pixels in the file itself: a PNG or JPEG of 8 bits, opaque, upright
            without EXIF, of one picture, in no other colours than sRGB.
    """

    kind: str
    size: tuple[int, int]
    pages: int
    steps: tuple[str, ...]
    plain: bool


def read(path: Path) -> Image:
    """Reads an image as RGB: upright, in sRGB, transparent parts on white, 16 bits scaled; never resized.

    Raises:
        PromptfitError: The file is missing, is no image, is cut off, has hardly a pixel, or is larger than the limit.
    """
    with _named(path):
        content = content_of(path)
        with opened(content) as image:
            upright = turned(image, content)
    if min(upright.size) < _LEAST:
        width, height = upright.size
        raise PromptfitError(f"{path}: an image of {width} x {height} pixels shows nothing; replace the file")
    return upright


def turned(image: ImageFile, content: bytes) -> Image:
    """Decodes an opened image, upright.

    Raises:
        UnfitImage: White can't be told in its values.
    """
    from PIL import ImageOps

    from promptfit.support.files.colours import rgb

    made = rgb(image)
    orientation = _orientation(image, content)  # a PNG's may stand behind its pixels
    if orientation == 1:
        return made
    made.getexif()[_ORIENTATION] = orientation
    upright = ImageOps.exif_transpose(made)
    upright.info = {}
    return upright


def header(image: ImageFile, content: bytes) -> Header:
    """Returns what an opened image says of itself; it is decoded only if it is a PNG whose EXIF follows its pixels."""
    from promptfit.support.files.colours import profile, raw_mode, steps

    done, raw = tuple(steps(image)), raw_mode(image)
    as_it_is = image.mode in _PLAIN and ";16" not in raw and not done and profile(image).plain
    orientation, pages, kind = _orientation(image, content), _pages(image), str(image.format)
    width, height = image.size[::-1] if orientation in _SIDEWAYS else image.size
    plain = as_it_is and orientation == 1 and pages == 1 and kind in ("PNG", "JPEG")
    return Header(kind, (width, height), pages, done, plain)


def plain(path: Path) -> tuple[str, bytes] | None:
    """The kind and bytes of a file that every program reads as ``read`` does, see ``Header``; else None.

    What stands behind a JPEG's end (a phone's video) is left out.

    Raises:
        PromptfitError: It cannot be read.
    """
    with _named(path):
        content = content_of(path)
        with opened(content) as image:
            found = header(image, content)
        if not found.plain:
            return None
        return found.kind, content[: jpeg_end(content)] if found.kind == "JPEG" else content


def size(path: Path) -> tuple[int, int] | None:
    """Width and height as it is shown, without decoding; None where the file can't be read, which its reader says."""
    with contextlib.suppress(UnfitImage, OSError):
        content = content_of(path)
        with opened(content) as image:
            return header(image, content).size
    return None


@contextlib.contextmanager
def _named(path: Path) -> Iterator[None]:
    """Faults with the file's name."""
    try:
        yield
    except FileNotFoundError as error:
        raise PromptfitError(f"{path}: the image is missing; check the data set or run `dvc pull`") from error
    except UnfitImage as error:
        raise PromptfitError(f"{path}: {error}") from error
    except OSError as error:
        raise PromptfitError(f"{path}: cannot be read ({error.strerror}); check its rights") from error


def _orientation(image: ImageFile, content: bytes) -> int:
    """1 where it stands upright as it is stored; Pillow turns a TIFF itself."""
    if image.format == "TIFF":
        return 1
    if image.format == "PNG" and b"eXIf" not in content:
        image.info.setdefault("exif", b"")  # or it would be decoded, to look for one behind the pixels
    return int(image.getexif().get(_ORIENTATION, 1))


def _pages(image: ImageFile) -> int:
    if image.format == "MPO":
        return 1
    if image.format != "TIFF":
        return int(getattr(image, "n_frames", 1))
    pages = 1
    with contextlib.suppress(Exception):  # the last page ends it, and so does one that is broken
        for frame in range(1, _MOST_PAGES):
            image.seek(frame)
            pages += not image.tag_v2.get(_SUBFILE, 0) & _REDUCED_OR_MASK  # type: ignore[attr-defined]
    image.seek(0)
    return pages
