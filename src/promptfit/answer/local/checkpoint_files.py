"""Folders of checkpoints, on this disk or fetched from the hub, and the digests of their files."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from promptfit.answer.local.hub_faults import hub_remedy
from promptfit.paths import home
from promptfit.support.cache.file_digests import DIGESTS, file_digests
from promptfit.types import PromptfitError

_HUB_NAME = re.compile(r"[\w.-]+/[\w.-]+")


def looks_local(name: str, folder: Path) -> bool:
    """Whether a name means a folder, which may be missing, and not the hub."""
    # `models` is no account on the hub: a checkpoint of the project that is missing must not turn into a download.
    return name.startswith((".", "/", "~", "models/")) or folder.exists() or not _HUB_NAME.fullmatch(name)


def from_hub(name: str, revision: str | None, patterns: Iterable[str]) -> Path:
    """Fetches files from the hub, unless they are here; the folder's name is the commit.

    Raises:
        PromptfitError: The hub cannot be reached, or has no such thing.
    """
    from huggingface_hub import snapshot_download

    try:
        return Path(snapshot_download(name, revision=revision, allow_patterns=list(patterns)))
    except Exception as error:  # the hub's client raises errors of a dozen libraries
        raise PromptfitError(
            f"the checkpoint {name!r} is no folder under the project and could not be had from the hub "
            f"({type(error).__name__}: {str(error).splitlines()[0] if str(error) else 'no reason given'}); "
            f"{hub_remedy(name, error) or 'check the name, the network, or give the path of a local copy'}"
        ) from error


def read_json(path: Path) -> dict[str, Any]:
    """The object in a file.

    Raises:
        PromptfitError: It is missing, or no JSON.
    """
    try:
        content = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise PromptfitError(f"{path}: no JSON that can be read ({error}); download the checkpoint again") from error
    return content if isinstance(content, dict) else {}


def files_of(folder: Path, patterns: Iterable[str]) -> list[Path]:
    """The files of a folder that fit any of the patterns, in order."""
    return sorted({path for pattern in patterns for path in folder.glob(pattern) if path.is_file()})


def digest_of(folder: Path, patterns: Iterable[str]) -> str:
    """sha256 over the names and digests of the files."""
    files = files_of(folder, patterns)
    total = hashlib.sha256()
    for path, digest in zip(files, file_digests(files, home() / DIGESTS), strict=True):
        total.update(f"{path.relative_to(folder).as_posix()} {digest}\n".encode())
    return total.hexdigest()
