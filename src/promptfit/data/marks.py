"""Whether anybody may see the images of a folder: the data says it, no configuration does."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from promptfit.data.annotation import FILE_NAME
from promptfit.paths import home

PRIVATE, PUBLIC = "PRIVATE", "PUBLIC"
"""Files that mark a folder. PRIVATE holds for all below it, and comes first; PUBLIC beside ``annotation.csv`` holds for
that data set alone."""
DRAWN = ("mini", "large", "diverse")
"""The data sets that ``promptfit synth`` draws (its plans, in ``data/synth/write.py``, import the drawing)."""

_TEXT = """\
Images and true answers of this folder do not leave this machine: promptfit shows them to no model, generator or MLflow
elsewhere. If anybody may see them, rename this file to PUBLIC.
Изображения и ответы этой папки не покидают компьютер. Если их можно видеть всем, назовите этот файл PUBLIC.
"""


def is_public(path: Path) -> bool:
    """Whether anybody may see what lies at a path, an image or a data set's folder: it is marked, or one of ours.

    No link counts as the place that it stands in: what it leads to must be public.
    """
    real = path.resolve()
    if any(os.path.isfile(folder / PRIVATE) for folder in {*_above(path.absolute()), *_above(real)}):
        return False
    marked = (folder for folder in _above(real) if os.path.isfile(folder / FILE_NAME))
    return is_drawn(real) or any(os.path.isfile(folder / PUBLIC) for folder in marked)


def is_drawn(path: Path) -> bool:
    """Whether a path is of a data set that ``promptfit synth`` draws, and no link leads out of it."""
    return any(path.resolve().is_relative_to(folder) for folder in drawn_folders())


def drawn_folders() -> list[Path]:
    """Where those data sets lie; they need not be there."""
    return [home().resolve() / "data" / name for name in DRAWN]


def mark_private(folder: Path) -> None:
    """Marks a folder, with words on what that means.

    Raises:
        OSError: It can't be written.
    """
    (folder / PRIVATE).write_text(_TEXT, "utf-8")


def _above(path: Path) -> Iterator[Path]:
    yield path
    yield from path.parents
