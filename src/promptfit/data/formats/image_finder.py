"""Finds the image that a row names: by its path, by a pattern with the row's cells in it, or by its name alone."""

from __future__ import annotations

import fnmatch
import os
import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path, PurePosixPath, PureWindowsPath

from promptfit.support.enumerated import some
from promptfit.support.texts import nfc
from promptfit.types import PromptfitError

ENDINGS = (".jpg", ".jpeg", ".png", ".tif", ".tiff", ".webp", ".gif", ".bmp", ".jp2", ".avif", ".pbm", ".pgm", ".ppm")
"""Of the files that are taken for images where no row names one whole."""
MOST_FILES = 5_000_000
_CELL = re.compile(r"\{([^{}]+)\}")


class ImageFinder:
    """Looks in one folder, and never outside of it.

    Args:
        folder: Paths are from there.
        pattern: Of a path from there, in which ``{column}`` stands for a row's cell, ``*`` and ``?`` for any letters,
            and ``**`` for any folders; empty where a row's own text names its image.

    Raises:
        PromptfitError: There is no such folder.
    """

    def __init__(self, folder: Path, pattern: str = "") -> None:
        if not folder.is_dir():
            raise PromptfitError(f"{folder}: no such folder; say where the images lie: images=…")
        self.folder, self._pattern = folder, pattern.replace("\\", "/")
        self._inside = folder.resolve()

    @property
    def columns(self) -> list[str]:
        """The columns that the pattern names."""
        return _CELL.findall(self._pattern)

    def find(self, written: str, cells: Mapping[str, object]) -> Path:
        """The one image of a row.

        Args:
            written: What the row calls it; not looked at where there is a pattern.
            cells: The row's.

        Raises:
            ValueError: There is none, there are several, or it lies outside the folder.
        """
        found = self._by_pattern(cells) if self._pattern else self._by_name(written)
        if not found.resolve().is_relative_to(self._inside):
            raise ValueError("a link that leaves the images' folder; copy the image into it")
        return found

    def _by_name(self, written: str) -> Path:
        plain = written.strip().replace("\\", "/")
        if not plain:
            raise ValueError("no image is named")
        if "\0" in plain or ".." in plain.split("/"):
            raise ValueError(f'"{written}" leaves the images\' folder')
        above = f"{self.folder.as_posix()}/"
        plain = plain.removeprefix(above)  # a path from the root of this machine, below the folder
        if not (plain.startswith("/") or PureWindowsPath(plain).is_absolute()):
            for form in dict.fromkeys((plain, nfc(plain))):
                if _is_file(path := self.folder / form):
                    return path
        name = nfc(PurePosixPath(plain).name).casefold()
        found = self._named.get(name) or self._named.get(f"/{name}", ())
        return self._one(list(found), f'"{written}"')

    def _by_pattern(self, cells: Mapping[str, object]) -> Path:
        values = {name: str(cells.get(name, "")) for name in self.columns}
        if wrong := next((one for one in values.values() if ".." in one or one.startswith("/") or "\0" in one), None):
            raise ValueError(f'"{wrong}" leaves the images\' folder')
        if empty := next((name for name, one in values.items() if not one.strip()), None):
            raise ValueError(f'"{empty}" is empty, and names the image')
        wanted = nfc(_CELL.sub(lambda found: _literal(values[found[1]].strip()), self._pattern))
        start = re.split(r"[*?\[]", wanted, maxsplit=1)[0]
        match = re.compile(_expression(wanted), re.IGNORECASE).fullmatch
        names = self._paths
        first = bisect_left(names, start)
        near = names[first : bisect_left(names, f"{start}\U0010ffff")]
        return self._one([name for name in near if match(name)], f'"{wanted}"')

    def _one(self, found: list[str], written: str) -> Path:
        if len(found) > 1:
            raise ValueError(f"{written} may be {some(found)}")
        if not found:
            raise ValueError(f"no image {written} in the images' folder")
        return self.folder / self._written[found[0]]

    @cached_property
    def _named(self) -> dict[str, tuple[str, ...]]:
        """Paths by name, and by ``/`` and the name without its ending."""
        made: dict[str, tuple[str, ...]] = {}
        for path in self._paths:
            name = PurePosixPath(path).name.casefold()
            for key in (name, f"/{name.rpartition('.')[0]}"):
                made[key] = (*made.get(key, ()), path)
        return made

    @cached_property
    def _paths(self) -> list[str]:
        return sorted(self._written)

    @cached_property
    def _written(self) -> dict[str, str]:
        """Every image below the folder: its path in composed letters, and as the disk has it."""
        return {nfc(path): path for path in _images(self.folder)}


def _images(folder: Path) -> Iterator[str]:
    count = 0
    for place, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in files:
            if name.casefold().endswith(ENDINGS):
                yield os.path.relpath(os.path.join(place, name), folder).replace(os.sep, "/")
                count += 1
        if count > MOST_FILES:
            raise PromptfitError(f"{folder}: more than {MOST_FILES:,} images; say a folder with fewer: images=…")


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # a name too long, or of no file system
        return False


def _literal(text: str) -> str:
    return re.sub(r"([*?\[])", r"[\1]", text)


def _expression(pattern: str) -> str:
    """``**`` spans folders, ``*`` does not."""
    parts = re.split(r"(\*\*/?)", pattern)
    return "".join(".*" if part.startswith("**") else _within(part) for part in parts if part)


def _within(part: str) -> str:
    expression = fnmatch.translate(part)
    inner = re.fullmatch(r"\(\?s:(.*)\)\\[zZ]", expression, re.DOTALL)
    return (inner[1] if inner else re.escape(part)).replace(".*", "[^/]*")
