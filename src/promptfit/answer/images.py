"""Reading the image of a request, pixel for pixel."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from promptfit.types import PromptfitError

if TYPE_CHECKING:
    from PIL.Image import Image


def read(path: Path) -> Image:
    """Reads an image as RGB, upright as its EXIF says, never scaled or re-encoded.

    Raises:
        PromptfitError: The file is missing, is no image, is cut off, or unpacks to an absurd size.
    """
    from PIL import Image, ImageOps

    try:
        with Image.open(path) as image:
            return ImageOps.exif_transpose(image).convert("RGB")
    except FileNotFoundError as error:
        raise PromptfitError(f"{path}: the image is missing; check the data set or run `dvc pull`") from error
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise PromptfitError(f"{path}: not an image that can be read ({error}); replace the file") from error
