"""Tesseract through its command line: what is installed here, and the lines that it reads in an image."""

from __future__ import annotations

import csv
import io
import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from promptfit.types import PromptfitError

if TYPE_CHECKING:
    from PIL.Image import Image

_PATIENCE = 120
"""Seconds for one image."""


@dataclass(frozen=True)
class Installed:
    """Tesseract as it is installed on this machine.

    Attributes:
        version: As it says itself.
        data: sha256 of the data of each language.
    """

    version: str
    data: dict[str, str]


def installed(languages: Sequence[str]) -> Installed:
    """Finds tesseract and the data of its languages.

    Raises:
        PromptfitError: One of them is not here; the message has the command that installs it.
    """
    if shutil.which("tesseract") is None:
        raise PromptfitError(f"tesseract is not installed; install it with `{_install(languages)}`")
    version = _said("--version").splitlines()[0]
    folder = _data_folder()
    files = {name: folder / f"{name}.traineddata" for name in languages}
    missing = [name for name, file in files.items() if not file.is_file()]
    if missing:
        raise PromptfitError(
            f"tesseract has no data of the language {', '.join(missing)}; install it with `{_install(missing)}`"
        )
    return Installed(version, {name: sha256(file.read_bytes()).hexdigest() for name, file in files.items()})


def _data_folder() -> Path:
    """Where the data of the languages lies; tesseract 4 and before lists them without it, but names a missing file."""
    found = re.search(r'"(.+)"', _said("--list-langs").partition("\n")[0])
    found = found or re.search(
        r"data file (.+)[/\\][^/\\]+\.traineddata", _said("stdin", "stdout", "-l", "no_language")
    )
    return Path(found[1] if found else "")


def _said(*words: str) -> str:
    """What tesseract prints; old ones print all of it as errors."""
    done = _run(["tesseract", *words])
    return (done.stdout + done.stderr).decode(errors="replace")


def read_lines(image: Image, languages: Sequence[str], layout: int) -> list[list[str]]:
    """Reads an image.

    Args:
        image: RGB.
        languages: As tesseract names them, like ``rus``.
        layout: Its page segmentation mode.

    Returns:
        Words by line, from top to bottom and left to right.

    Raises:
        PromptfitError: Tesseract fails on this image.
    """
    packed = io.BytesIO()
    image.save(packed, "PNG", compress_level=1)
    command = ["tesseract", "stdin", "stdout", "-l", "+".join(languages), "--psm", str(layout), "tsv"]
    done = _run(command, packed.getvalue())
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines() or [f"exit code {done.returncode}"]
        raise PromptfitError(f"tesseract fails: {said[-1]}")
    lines: dict[tuple[str, ...], list[str]] = {}
    for row in csv.DictReader(io.StringIO(done.stdout.decode()), delimiter="\t", quoting=csv.QUOTE_NONE):
        if row["text"] and row["text"].strip():
            place = (row["page_num"], row["block_num"], row["par_num"], row["line_num"])
            lines.setdefault(place, []).append(row["text"])
    return list(lines.values())


def _run(command: Sequence[str], given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    """Runs tesseract on one core: images are read side by side, and it is slower with threads of its own."""
    environment = os.environ | {"OMP_THREAD_LIMIT": "1"}
    try:
        return subprocess.run(command, input=given, capture_output=True, timeout=_PATIENCE, env=environment)
    except subprocess.TimeoutExpired as error:
        raise PromptfitError(f"tesseract read for more than {_PATIENCE} seconds") from error


def _install(languages: Sequence[str]) -> str:
    packages = [f"tesseract-ocr-{name.replace('_', '-').lower()}" for name in languages]
    return f"apt-get install tesseract-ocr {' '.join(packages)}"
