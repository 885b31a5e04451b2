"""Reading the image of a request, pixel for pixel."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from promptfit.types import PromptfitError

if TYPE_CHECKING:
    from PIL.Image import Image


_LEAST = 4
"""Pixels a side. Where no letter fits there is nothing to answer, and families fail on it each in its own way."""


def read(path: Path) -> Image:
    """Reads an image as RGB, upright as its EXIF says, never scaled or re-encoded.

    Raises:
        PromptfitError: The file is missing, is no image, is cut off, has hardly a pixel, or unpacks to an absurd size.
    """
    from PIL import Image, ImageOps

    try:
        with Image.open(path) as image:
            upright = ImageOps.exif_transpose(image).convert("RGB")
    except FileNotFoundError as error:
        raise PromptfitError(f"{path}: the image is missing; check the data set or run `dvc pull`") from error
    except Image.DecompressionBombError as error:
        raise PromptfitError(f"{path}: too large an image ({error}); shrink it") from error
    except Exception as error:  # decoders of broken files raise whatever they stumble over
        raise PromptfitError(f"{path}: not an image that can be read ({error}); replace the file") from error
    if min(upright.size) < _LEAST:
        width, height = upright.size
        raise PromptfitError(f"{path}: an image of {width} x {height} pixels shows nothing; replace the file")
    return upright
