"""An answerer that is shown altered images: each is made when it is asked about, and gone afterwards."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from promptfit.answer.answerer import Answerer, Unanswered, by_image
from promptfit.support.files import pixels
from promptfit.types import Answer, PromptfitError, Request

if TYPE_CHECKING:
    from PIL.Image import Image

IMAGES_AT_ONCE = 128
"""Altered images that lie on the disk at a time."""

Recipe = Callable[["Image"], "Image"]
"""Alters an image; a pure function, named whole by the request's ``augmentation``."""


class AlteredAnswerer:
    """Hands requests on with their images altered as ``augmentation`` says; others as they are.

    It stands below ``CachedAnswerer``, so that an image is altered only for answers that are not kept.

    Args:
        answerer: Who is asked.
        recipes: What each ``augmentation`` does.
    """

    def __init__(self, answerer: Answerer, recipes: Mapping[str, Recipe]) -> None:
        self._answerer, self._recipes = answerer, recipes

    @property
    def identity(self) -> str:
        """The answerer's own: what was altered is said by the request."""
        return self._answerer.identity

    def answer(self, requests: Sequence[Request]) -> Iterator[tuple[int, Answer]]:
        """See ``Answerer.answer``."""
        failures: dict[int, str] = {}
        for part in _parts(requests):
            with tempfile.TemporaryDirectory(prefix="promptfit-") as folder:
                shown = self._altered(part, requests, Path(folder), failures)
                places = list(shown)
                try:
                    for number, answer in self._answerer.answer([shown[index] for index in places]):
                        yield places[number], answer
                except Unanswered as error:
                    failures |= {places[number]: why for number, why in error.failures.items()}
        if failures:
            raise Unanswered(failures, requests)

    def _altered(
        self, part: Sequence[int], requests: Sequence[Request], folder: Path, failures: dict[int, str]
    ) -> dict[int, Request]:
        """The part's requests with the altered images in place; an image that can't be altered fails its own."""
        made: dict[tuple[str, str], Path | str] = {}
        shown = {}
        for index in part:
            request = requests[index]
            if not request.augmentation:
                shown[index] = request
                continue
            name = (request.image_digest, request.augmentation)
            if name not in made:
                made[name] = self._make(request, folder / f"{len(made)}.png")
            found = made[name]
            if isinstance(found, str):
                failures[index] = found
            else:
                shown[index] = replace(request, image=found)
        return shown

    def _make(self, request: Request, path: Path) -> Path | str:
        """The altered image's file, lossless; or why there is none."""
        try:
            self._recipes[request.augmentation](pixels.read(request.image)).save(path, compress_level=1)
        except PromptfitError as error:
            return str(error)
        except OSError as error:  # the disk is full: no fault of this image
            raise PromptfitError(f"{path.parent}: cannot write altered images ({error}); make room") from error
        except Exception as error:  # an operation stumbles over one image: the others go on
            return f"{request.image}: {request.augmentation}: {type(error).__name__}: {error}"
        return path


def _parts(requests: Sequence[Request]) -> Iterator[list[int]]:
    """Indices ordered by image, in parts of ``IMAGES_AT_ONCE`` altered images."""
    part: list[int] = []
    seen: set[tuple[str, str]] = set()
    for index in by_image(requests):
        name = (requests[index].image_digest, requests[index].augmentation)
        if name not in seen and len(seen) == IMAGES_AT_ONCE:
            yield part
            part, seen = [], set()
        seen.add(name)
        part.append(index)
    if part:
        yield part
