"""Where the project's root is; relative paths of configs mean this root, whatever the working directory."""

from __future__ import annotations

import os
from pathlib import Path

_MARKS = ("conf/config.yaml", "dvc.yaml")


def home() -> Path:
    """Returns the project's root.

    It is ``PROMPTFIT_HOME``; else the nearest folder, from the working directory upwards, that holds
    ``conf/config.yaml`` or ``dvc.yaml``; else the checkout that this package is imported from.
    """
    named = os.environ.get("PROMPTFIT_HOME")
    if named:
        return Path(named).expanduser().resolve()
    here = Path.cwd()
    for folder in (here, *here.parents):
        if any((folder / mark).is_file() for mark in _MARKS):
            return folder
    return Path(__file__).resolve().parents[2]


def resolve(path: str | Path) -> Path:
    """Returns the path itself if it is absolute (``~`` is the person's home folder), else under ``home()``."""
    return home() / Path(path).expanduser()
