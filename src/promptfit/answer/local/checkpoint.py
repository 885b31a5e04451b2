"""Where a checkpoint lies and what its files are, known without torch and without loading weights."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from promptfit.answer.local.checkpoint_files import digest_of, files_of, from_hub, looks_local, read_json
from promptfit.answer.local.lora_adapter import CONFIG, refuse_adapter
from promptfit.paths import resolve
from promptfit.types import PromptfitError

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

    @property
    def config(self) -> dict[str, Any]:
        """Its ``config.json``.

        Raises:
            PromptfitError: That is no JSON.
        """
        return read_json(self.folder / "config.json")

    @property
    def weights(self) -> list[Path]:
        """The files with its weights that are here; a hub's may not be here yet."""
        return files_of(self.folder, _WEIGHTS)

    def digests(self) -> dict[str, str]:
        """Returns sha256 digests by kind of file; a hub's weights are named by their commit."""
        found = {kind: digest_of(self.folder, patterns) for kind, patterns in _SMALL.items()}
        return {"weights": self.commit or digest_of(self.folder, _WEIGHTS), **found}


def locate(checkpoint: str, revision: str | None = None) -> Checkpoint:
    """Finds a checkpoint by path (relative to the project's root) or by its name on the hub.

    Raises:
        PromptfitError: It is nowhere, holds no weights, is an adapter, or the hub cannot be reached.
    """
    folder = resolve(checkpoint)
    if not looks_local(checkpoint, folder):
        small = [pattern for patterns in _SMALL.values() for pattern in patterns]
        folder = from_hub(checkpoint, revision, [*small, CONFIG])
        refuse_adapter(checkpoint, folder)
        return Checkpoint(checkpoint, folder, commit=folder.name)
    if revision:
        raise PromptfitError(f"{checkpoint}: a folder has no revisions; leave `revision` ({revision}) out")
    refuse_adapter(checkpoint, folder)
    if not (folder / "config.json").is_file() or not any(files_of(folder, _WEIGHTS)):
        raise PromptfitError(
            f"no model checkpoint (config.json and weights) in {folder}; `dvc pull` fetches the built-in one, "
            "`promptfit train` makes it; any other is named by its path or its name on the hub (`checkpoint=`)"
        )
    return Checkpoint(folder.name, folder)
