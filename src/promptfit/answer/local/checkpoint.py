"""Where a checkpoint lies and what its files are, known without torch and without loading weights."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from promptfit.answer.local.hub_faults import hub_remedy
from promptfit.paths import resolve
from promptfit.types import PromptfitError

_HUB_NAME = re.compile(r"[\w.-]+/[\w.-]+")
_WEIGHTS = ("*.safetensors", "*.bin")
_SMALL = {
    "config": ("config.json", "generation_config.json", "*.py"),
    "template": ("chat_template.*", "additional_chat_templates/*"),
    "processor": ("preprocessor_config.json", "processor_config.json"),
    "tokenizer": ("tokenizer*", "special_tokens_map.json", "added_tokens.json", "vocab.*", "merges.txt", "*.model"),
}
"""The files beside the weights that change an answer. The tokenizer's may hold the chat template, too."""


@dataclass(frozen=True)
class Checkpoint:
    """A checkpoint on this disk, or on the hub with its small files here.

    Attributes:
        name: The hub name, or the folder's name.
        folder: Where the files lie.
        commit: The hub's commit, ``None`` for a local folder.
    """

    name: str
    folder: Path
    commit: str | None = None

    @property
    def source(self) -> str:
        """What ``from_pretrained`` takes (with ``revision=commit``)."""
        return self.name if self.commit else str(self.folder)

    def digests(self) -> dict[str, str]:
        """Returns sha256 digests by kind of file; a hub's weights are named by their commit."""
        found = {kind: _digest(self.folder, patterns) for kind, patterns in _SMALL.items()}
        return {"weights": self.commit or _digest(self.folder, _WEIGHTS), **found}


def locate(checkpoint: str, revision: str | None = None) -> Checkpoint:
    """Finds a checkpoint by path (relative to the project's root) or by its name on the hub.

    Raises:
        PromptfitError: It is nowhere, holds no weights, or the hub cannot be reached.
    """
    folder = resolve(checkpoint)
    # `models` is no account on the hub: a checkpoint of the project that is missing must not turn into a download.
    looks_local = checkpoint.startswith((".", "/", "~", "models/")) or folder.exists()
    if not looks_local and _HUB_NAME.fullmatch(checkpoint):
        return _from_hub(checkpoint, revision)
    if not (folder / "config.json").is_file() or not any(_files(folder, _WEIGHTS)):
        raise PromptfitError(
            f"no model checkpoint (config.json and weights) in {folder}; `dvc pull` fetches the built-in one, "
            "`promptfit train` makes it; any other is named by its path or its name on the hub (`checkpoint=`)"
        )
    return Checkpoint(folder.name, folder)


def _from_hub(name: str, revision: str | None) -> Checkpoint:
    from huggingface_hub import snapshot_download

    small = [pattern for patterns in _SMALL.values() for pattern in patterns]
    try:
        folder = Path(snapshot_download(name, revision=revision, allow_patterns=small))
    except Exception as error:  # the hub's client raises errors of a dozen libraries
        raise PromptfitError(
            f"the checkpoint {name!r} is no folder under the project and could not be had from the hub "
            f"({type(error).__name__}: {str(error).splitlines()[0] if str(error) else 'no reason given'}); "
            f"{hub_remedy(name, error) or 'check the name, the network, or give the path of a local copy'}"
        ) from error
    return Checkpoint(name, folder, commit=folder.name)


def _files(folder: Path, patterns: Iterable[str]) -> list[Path]:
    return sorted({path for pattern in patterns for path in folder.glob(pattern) if path.is_file()})


def _digest(folder: Path, patterns: Iterable[str]) -> str:
    """sha256 over the names and digests of the files."""
    total = hashlib.sha256()
    for path in _files(folder, patterns):
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        total.update(f"{path.relative_to(folder).as_posix()} {digest}\n".encode())
    return total.hexdigest()
