"""What a data set must know of an image: that it is one, that it lies inside, its digest and its size."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PureWindowsPath

from promptfit.data.opaque import is_opaque
from promptfit.support.enumerated import some
from promptfit.support.files.image_file import content_of, opened
from promptfit.support.files.pixels import header
from promptfit.support.files.unfit_image import UnfitImage
from promptfit.support.texts import normalized


@dataclass(frozen=True, slots=True)
class ImageFacts:
    """An image of a data set. Width and height are as it is shown, after its EXIF orientation."""

    path: Path
    digest: str
    width: int
    height: int
    pages: int = 1
    treatment: str = ""
    """See ``Sample``."""

    @property
    def shown_digest(self) -> str:
        """See ``Sample``."""
        return f"{self.digest}+{self.treatment}" if self.treatment else self.digest


class ImageFolder:
    """Looks at each image of one data set once; rows share images.

    Args:
        root: The data set's folder. Nothing outside it is ever opened.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._inside = root.resolve()
        self._known: dict[str, ImageFacts | str] = {}

    @property
    def seen(self) -> dict[str, ImageFacts]:
        """Every image seen so far, by its path as written."""
        return {written: facts for written, facts in self._known.items() if isinstance(facts, ImageFacts)}

    def look(self, written: str) -> ImageFacts:
        """Checks the image of a row.

        Raises:
            ValueError: It leaves the folder, is missing or is no image; the message says so, with the remedy.
        """
        if written not in self._known:
            try:
                self._known[written] = inspect(self._path(written))
            except UnfitImage as error:
                self._known[written] = f'"{written}": {error}'
            except ValueError as error:
                self._known[written] = str(error)
            except (OSError, RuntimeError) as error:  # no permission, a name too long, a loop of links
                self._known[written] = f'"{written}" cannot be read ({error}); check its name and its rights'
        facts = self._known[written]
        if isinstance(facts, str):
            raise ValueError(facts)
        return facts

    def _path(self, written: str) -> Path:
        plain = written.strip().replace("\\", "/")  # as Windows writes it
        if PureWindowsPath(written).is_absolute() or plain.startswith("/") or ".." in plain.split("/") or "\0" in plain:
            raise ValueError(f'"{written}" leaves the data set\'s folder; write the path from {self.root}')
        # a file's name may hold its letters in another form than the annotation (a Mac's do)
        forms = dict.fromkeys([written, plain, normalized("NFC", plain), normalized("NFD", plain)])
        path = next((file for form in forms if (file := self.root / form).is_file()), self.root / plain)
        if not path.resolve().is_relative_to(self._inside):
            raise ValueError(
                f'"{written}" is a link that leaves the data set\'s folder; copy the image into the folder '
                "(if DVC made the link: dvc config cache.type copy, then dvc checkout --relink)"
            )
        if not path.is_file():
            raise ValueError(f'the image "{written}" is missing; put it there or remove the row')
        return path


def inspect(path: Path) -> ImageFacts:
    """Reads a file's bytes once, for its digest and its header; pixels are decoded only to see through them.

    Raises:
        UnfitImage: The file is no image, ends early, or is larger than the limit.
        OSError: The file cannot be read.
    """
    content = content_of(path)
    digest = hashlib.sha256(content).hexdigest()
    with opened(content) as image:
        found = header(image, content)
    if found.kind == "PNG":  # the one kind whose checksums Pillow can verify without decoding
        with opened(content) as image:
            image.verify()
    steps = [one for one in found.steps if one != "white" or not is_opaque(digest, content)]
    return ImageFacts(path, digest, *found.size, found.pages, "+".join(steps))


def several_pages(facts: Iterable[ImageFacts]) -> list[str]:
    """A warning of images of which only the first page is read, if there are some."""
    found = [f'"{one.path.name}" ({one.pages})' for one in facts if one.pages > 1]
    if not found:
        return []
    told = f"{len(found)} image(s) have several pages, of which only the first is read: {some(found)}"
    return [f"{told}; save each page apart"]
