"""An imported data set under DVC."""

from __future__ import annotations

from pathlib import Path

from promptfit.commands.shared import tables
from promptfit.paths import home
from promptfit.types import PromptfitError


def track(folder: Path) -> str:
    """Has DVC keep this state of a data set, as `dvc add` does.

    Returns:
        What to say of it.

    Raises:
        PromptfitError: The folder lies outside the project, or DVC can't.
    """
    from dvc.exceptions import DvcException
    from dvc.repo import Repo

    root, shown = home().resolve(), tables.shown(folder)
    if not folder.resolve().is_relative_to(root):
        raise PromptfitError(f"{folder}: imported, but DVC tracks what lies in the project alone ({root})")
    try:
        with Repo(str(root)) as repo:
            repo.add(str(folder))
    except DvcException as fault:
        raise PromptfitError(f"{folder}: imported, but not tracked: {fault}; mend it, then: dvc add {shown}") from fault
    return (
        f"tracked: {shown}.dvc, to be committed; dvc push -r <a remote of your own> keeps the images there (the remote "
        "store of this project lies in git: others would see them)"
    )
