"""What an Excel file says of its sheets that is not in their cells, read without unpacking more than is declared."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from promptfit.types import PromptfitError

LARGEST = 2_000_000_000
"""Bytes of all parts, unpacked: a sheet of a million rows has some 500 MB."""
DENSEST = 1_000
"""Bytes of a part to one of the file's, beyond which nobody's data is so alike."""
SMALL = 10_000_000
_MERGED = re.compile(rb'<mergeCell [^>]*?ref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"')
_FORMULA = re.compile(rb"<f[ >/]")
_CHUNK, _OVERLAP = 1 << 20, 200
MOST_MERGED = 100_000


@dataclass(frozen=True, slots=True)
class MergedRange:
    """Cells that are one: rows and columns from 1, both ends included."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True, slots=True)
class SheetFacts:
    """What was found in a sheet's part."""

    merged: tuple[MergedRange, ...]
    formulas: bool


def check_size(path: Path) -> None:
    """Refuses an archive that would unpack to more than anybody's data.

    Raises:
        PromptfitError: It would, or it is none.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
    except zipfile.BadZipFile as error:
        raise PromptfitError(
            f"{path}: no Excel file of the kind .xlsx ({error}); save it as one, or as CSV. One with a password is "
            "to be saved without it"
        ) from error
    except OSError as error:
        raise PromptfitError(f"{path}: cannot be read ({error.strerror}); check the path and its rights") from error
    total = sum(part.file_size for part in parts)
    dense = [part for part in parts if part.file_size > SMALL and part.file_size > DENSEST * max(1, part.compress_size)]
    if total > LARGEST or dense:
        raise PromptfitError(
            f"{path}: it would unpack to {total / 1e6:,.0f} MB from {path.stat().st_size / 1e6:,.1f}, made to fill a "
            "memory; take it from somewhere else, or save it as CSV"
        )


def facts_of(path: Path, part: str) -> SheetFacts:
    """Looks through a sheet's part.

    Args:
        path: The file.
        part: The sheet's place in it.

    Raises:
        PromptfitError: It has more merged cells than a person makes.
    """
    merged: list[MergedRange] = []
    formulas = False
    for chunk in _chunks(path, part):
        formulas = formulas or bool(_FORMULA.search(chunk))
        merged += [
            MergedRange(int(one[2]), _column(one[1]), int(one[4]), _column(one[3])) for one in _MERGED.finditer(chunk)
        ]
        if len(merged) > MOST_MERGED:
            raise PromptfitError(f"{path}: more than {MOST_MERGED:,} merged cells; unmerge them, or save it as CSV")
    return SheetFacts(tuple(dict.fromkeys(merged)), formulas)


def _chunks(path: Path, part: str) -> Iterator[bytes]:
    with zipfile.ZipFile(path) as archive, archive.open(part) as stream:
        before = b""
        while more := stream.read(_CHUNK):
            yield before + more
            before = more[-_OVERLAP:]


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
