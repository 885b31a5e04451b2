"""Where a data set of the hub is: there, with its commit and licence, or in a folder here. No code of it ever runs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from promptfit.paths import resolve
from promptfit.types import PromptfitError

_NAME = re.compile(r"[\w.-]+/[\w.-]+")
_PATIENCE = 15.0
"""Seconds for the hub's first word."""
_LICENCE = re.compile(r"^license: *(\S.*)$", re.MULTILINE)
INSTALL = "it needs the package datasets: uv pip install 'promptfit[datasets]'"


@dataclass(frozen=True, slots=True)
class HubSource:
    """A data set of the hub, or a copy of one.

    Attributes:
        name: On the hub, or its folder's name.
        folder: The copy; None where it is read from the hub.
        commit: The hub's.
        licence: As it states it.
    """

    name: str
    folder: Path | None
    commit: str = ""
    licence: str = ""


def located(said: str, revision: str | None) -> HubSource:
    """Finds a data set.

    Args:
        said: A folder here, or a name on the hub.
        revision: Of the hub.

    Raises:
        PromptfitError: It is nowhere, or the hub can't be reached.
    """
    folder = resolve(said)
    if folder.is_dir():
        if revision:
            raise PromptfitError(f"{folder}: a folder has no revisions; leave revision={revision} out")
        return HubSource(folder.name, folder, "a local copy", _licence(folder))
    if not _NAME.fullmatch(said):
        raise PromptfitError(f"{said}: neither a folder here nor a name on the hub, which is like lmms-lab/DocVQA")
    return _on_hub(said, revision)


def unreachable(name: str, fault: Exception) -> PromptfitError:
    """The one line on a data set that the hub does not give."""
    why = (str(fault) or type(fault).__name__).splitlines()[0][:200]
    return PromptfitError(
        f"{name}: the hub does not give it ({type(fault).__name__}: {why}). Where it can be reached: hf download "
        f"{name} --repo-type dataset --local-dir FOLDER; then give FOLDER in place of the name"
    )


def _on_hub(name: str, revision: str | None) -> HubSource:
    from huggingface_hub import HfApi

    try:
        info: Any = HfApi().dataset_info(name, revision=revision, timeout=_PATIENCE)
    except Exception as fault:  # whatever the client stumbles over: no network, no such name, no access
        raise unreachable(name, fault) from fault
    said = getattr(info.card_data, "license", None) or ""
    licence = ", ".join(map(str, said)) if isinstance(said, list) else str(said)
    return HubSource(name, None, str(info.sha), licence)


def _licence(folder: Path) -> str:
    """What the card of a copy says at its beginning."""
    card = folder / "README.md"
    if not card.is_file():
        return ""
    with card.open(encoding="utf-8", errors="replace") as file:
        found = _LICENCE.search(file.read(20_000))
    return found[1].strip() if found else ""
