"""The image of a request as its model sees it: read, turned upright, and altered as the request says."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from promptfit.support.files import pixels
from promptfit.types import NoAnswer, PromptfitError, Request

if TYPE_CHECKING:
    from PIL.Image import Image

Shown = tuple[str, str]
"""What is shown: the image's path, and the name of its alteration."""


def name_of(request: Request) -> Shown:
    """Returns what tells one shown image from another."""
    return str(request.image), request.altered


def shown(request: Request) -> Image:
    """Reads the image, and alters it in memory: it is decoded once, and no file is written.

    Raises:
        PromptfitError: The image cannot be read, or the alteration stumbles over it.
    """
    image = pixels.read(request.image)
    if request.alteration is None:
        return image
    try:
        return request.alteration(image)
    except PromptfitError:
        raise
    except Exception as error:  # an operation stumbles over one image: the others go on
        raise PromptfitError(f"{request.image}: {request.altered}: {type(error).__name__}: {error}") from error


def shown_once(requests: Iterable[Request]) -> dict[Shown, Image | NoAnswer]:
    """Each distinct image of a batch, or why it cannot be shown."""
    images: dict[Shown, Image | NoAnswer] = {}
    for request in requests:
        if name_of(request) not in images:
            try:
                images[name_of(request)] = shown(request)
            except PromptfitError as error:
                images[name_of(request)] = NoAnswer(str(error))
    return images
