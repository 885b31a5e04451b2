"""Images on their way into a data set: each is looked at and copied once, whichever values share it."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

from promptfit.data.formats.found_value import FoundValue, ImageContent
from promptfit.data.images import ImageFacts, inspect
from promptfit.support.files.image_file import megapixels
from promptfit.support.files.names import safe_path
from promptfit.support.files.unfit_image import UnfitImage

_BYTES = 8
_ENDINGS = {
    b"\xff\xd8": ".jpg",
    b"\x89P": ".png",
    b"II": ".tif",
    b"MM": ".tif",
    b"RI": ".webp",
    b"GI": ".gif",
    b"BM": ".bmp",
}


class CopiedImages:
    """The images of one import.

    Args:
        folder: The data set's, which nobody else has yet.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: dict[str, tuple[int, int, int, str]] = {}
        self._names: set[str] = set()
        self._faults: dict[str, str] = {}

    @property
    def count(self) -> int:
        """How many were copied."""
        return len(self._known)

    def take(self, value: FoundValue) -> tuple[int, int, int, str]:
        """Copies the image of a value, unless it is there.

        Returns:
            Its number, its width and height as it is shown, and its path in the data set.

        Raises:
            UnfitImage: It is none.
        """
        image = value.image
        content = image.content if isinstance(image, ImageContent) else None
        key = hashlib.sha256(content).hexdigest() if content is not None else str(image)
        if key in self._faults:
            raise UnfitImage(self._faults[key])
        if key not in self._known:
            try:
                self._known[key] = self._copied(value, content)
            except (UnfitImage, OSError) as fault:
                self._faults[key] = str(fault)
                raise UnfitImage(self._faults[key]) from fault
        return self._known[key]

    def _copied(self, value: FoundValue, content: bytes | None) -> tuple[int, int, int, str]:
        name = f"images/{safe_path(value.image_name)}"
        if content is not None:
            if len(content) > megapixels() * 1e6 * _BYTES:
                raise UnfitImage("more bytes than an image may have; shrink it")
            ending = _ENDINGS.get(content[:2], "")
            name = name if not ending or name.lower().endswith(ending) else f"{name}{ending}"
        name = self._free(name)
        place = self._folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        if content is not None:
            place.write_bytes(content)
        else:
            shutil.copyfile(str(value.image), place)
        try:
            facts: ImageFacts = inspect(place)
        except (UnfitImage, OSError):
            place.unlink()
            raise
        self._names.add(name.casefold())
        return len(self._known), facts.width, facts.height, name

    def _free(self, name: str) -> str:
        """Another name where two images are called the same, on a system that tells no capitals either."""
        stem, dot, ending = name.rpartition(".")
        stem, ending = (stem, f".{ending}") if dot else (name, "")
        number, free = 2, name
        while free.casefold() in self._names:
            free, number = f"{stem}_{number}{ending}", number + 1
        return free
