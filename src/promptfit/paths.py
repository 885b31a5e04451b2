"""Where the project's root is; relative paths of configs mean this root, whatever the working directory."""

from __future__ import annotations

import logging
import os
import stat
from functools import lru_cache
from pathlib import Path

from promptfit.types import PromptfitError

log = logging.getLogger(__name__)

_MARKS = ("conf/config.yaml", "dvc.yaml")
_CHECKOUT = Path(__file__).resolve().parents[2]
_DVC_WORKS_IN = Path(".dvc", "tmp", "exps")
"""Where `dvc exp run` copies the project to."""


def home() -> Path:
    """Returns the project's root, whose configurations name the code that is run.

    It is ``PROMPTFIT_HOME``, or else the checkout that this package is imported from: its code runs anyhow. No other
    folder is taken for a project because of what lies in it, since that may have come with somebody's data.

    Raises:
        PromptfitError: The working directory is in another project, and nobody has said which one is meant.
    """
    named = os.environ.get("PROMPTFIT_HOME")
    if named:
        return Path(named).expanduser().resolve()
    here = Path.cwd()
    for folder in (here, *here.parents):
        if folder == _CHECKOUT:
            break
        if not any((folder / mark).is_file() for mark in _MARKS):
            continue
        if folder.is_relative_to(_CHECKOUT / _DVC_WORKS_IN):
            return folder
        if not _is_others(folder):
            raise PromptfitError(
                f"{folder} has a configuration of its own, which may run any code and is not taken by itself. If you "
                f"know it, say PROMPTFIT_HOME={folder}; if it came with somebody's data, work from another folder, or "
                f"say PROMPTFIT_HOME={_CHECKOUT}"
            )
        _pass_over(folder)
    return _CHECKOUT


def resolve(path: str | Path) -> Path:
    """Returns the path itself if it is absolute (``~`` is the person's home folder), else under ``home()``."""
    return home() / Path(path).expanduser()


def _is_others(folder: Path) -> bool:
    """Whether others own a folder, or may put files into it: what they put there must not stop anybody's work."""
    state = folder.stat()
    return hasattr(os, "getuid") and (state.st_uid != os.getuid() or bool(state.st_mode & stat.S_IWOTH))


@lru_cache(maxsize=1)
def _pass_over(folder: Path) -> None:
    log.warning(
        "%s has a configuration that is not taken, since others can write it; the project is %s", folder, _CHECKOUT
    )
