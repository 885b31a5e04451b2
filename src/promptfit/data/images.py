"""What a data set must know of an image: that it is one, that it lies inside, its digest and its size."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass
from pathlib import Path, PureWindowsPath

from PIL import Image

from promptfit.support.texts import normalized

EXIF_ORIENTATION = 0x0112
SIDEWAYS = (5, 6, 7, 8)


@dataclass(frozen=True, slots=True)
class ImageFacts:
    """An image of a data set. Width and height are as it is shown, after its EXIF orientation."""

    path: Path
    digest: str
    width: int
    height: int


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
    def digests(self) -> dict[str, str]:
        """The digest of every image seen so far, by its path as written."""
        return {written: facts.digest for written, facts in self._known.items() if isinstance(facts, ImageFacts)}

    def look(self, written: str) -> ImageFacts:
        """Checks the image of a row.

        Raises:
            ValueError: It leaves the folder, is missing or is no image; the message says so, with the remedy.
        """
        if written not in self._known:
            try:
                self._known[written] = inspect(self._path(written))
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
    """Reads a file's bytes once, for its digest and its header; pixels are not decoded.

    Raises:
        ValueError: The file is no image, or ends early.
        OSError: The file cannot be read.
    """
    content = path.read_bytes()
    try:
        with Image.open(io.BytesIO(content)) as image:
            width, height = image.size
            # asking a PNG without this entry for its EXIF would decode the pixels
            if "exif" in image.info and image.getexif().get(EXIF_ORIENTATION) in SIDEWAYS:
                width, height = height, width
            ends_early = image.format in ("JPEG", "MPO") and _is_cut_jpeg(content)
            image.verify()
    except Exception as error:  # Pillow's plugins raise whatever a broken header makes them raise
        raise ValueError(f'"{path.name}" is no image that Pillow reads ({error}); replace it') from error
    if ends_early:
        raise ValueError(f'the image "{path.name}" is cut off; copy it again')
    return ImageFacts(path, hashlib.sha256(content).hexdigest(), width, height)


def _is_cut_jpeg(content: bytes) -> bool:
    """A whole JPEG has an end marker after its last scan (Pillow's verify looks at the header alone)."""
    return content.rfind(b"\xff\xd9") < content.rfind(b"\xff\xda")
