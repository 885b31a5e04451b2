"""Where a checkpoint lies and what its files are, known without torch and without loading weights."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from promptfit.paths import home, resolve
from promptfit.support.cache.file_digests import DIGESTS, file_digests
from promptfit.types import PromptfitError

_HUB_NAME = re.compile(r"[\w.-]+/[\w.-]+")
_WEIGHTS = ("*.safetensors", "*.bin")
_ADAPTER = "adapter_config.json"
_ADAPTER_FILES = (_ADAPTER, "adapter_model.*")
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
        return _read(self.folder / "config.json")

    @property
    def weights(self) -> list[Path]:
        """The files with its weights that are here; a hub's may not be here yet."""
        return _files(self.folder, _WEIGHTS)

    def digests(self) -> dict[str, str]:
        """Returns sha256 digests by kind of file; a hub's weights are named by their commit."""
        found = {kind: _digest(self.folder, patterns) for kind, patterns in _SMALL.items()}
        return {"weights": self.commit or _digest(self.folder, _WEIGHTS), **found}


@dataclass(frozen=True)
class Adapter:
    """LoRA weights that go on top of a checkpoint.

    Attributes:
        name: The hub name, or the folder's name.
        folder: Where the files lie.
        digest: The hub's commit, or sha256 over its files.
    """

    name: str
    folder: Path
    digest: str

    @property
    def config(self) -> dict[str, Any]:
        """Its ``adapter_config.json``."""
        return _read(self.folder / _ADAPTER)


def locate(checkpoint: str, revision: str | None = None) -> Checkpoint:
    """Finds a checkpoint by path (relative to the project's root) or by its name on the hub.

    Raises:
        PromptfitError: It is nowhere, holds no weights, is an adapter, or the hub cannot be reached.
    """
    folder = resolve(checkpoint)
    if not _looks_local(checkpoint, folder):
        small = [pattern for patterns in _SMALL.values() for pattern in patterns]
        folder = _from_hub(checkpoint, revision, [*small, _ADAPTER])
        _refuse_adapter(checkpoint, folder)
        return Checkpoint(checkpoint, folder, commit=folder.name)
    if revision:
        raise PromptfitError(f"{checkpoint}: a folder has no revisions; leave `revision` ({revision}) out")
    _refuse_adapter(checkpoint, folder)
    if not (folder / "config.json").is_file() or not any(_files(folder, _WEIGHTS)):
        raise PromptfitError(
            f"no model checkpoint (config.json and weights) in {folder}; `dvc pull` fetches the built-in one, "
            "`promptfit train` makes it; any other is named by its path or its name on the hub (`checkpoint=`)"
        )
    return Checkpoint(folder.name, folder)


def locate_adapter(adapter: str) -> Adapter:
    """Finds an adapter like a checkpoint.

    Raises:
        PromptfitError: It is nowhere, is no LoRA adapter, or the hub cannot be reached.
    """
    folder = resolve(adapter)
    local = _looks_local(adapter, folder)
    if not local:
        folder = _from_hub(adapter, None, _ADAPTER_FILES)
    if not (folder / _ADAPTER).is_file() or not any(_files(folder, ("adapter_model.*",))):
        raise PromptfitError(f"no adapter ({_ADAPTER} and adapter_model.safetensors) in {folder} (`adapter={adapter}`)")
    found = Adapter(
        folder.name if local else adapter, folder, _digest(folder, _ADAPTER_FILES) if local else folder.name
    )
    if (kind := found.config.get("peft_type")) != "LORA":
        raise PromptfitError(f"{adapter}: a {kind} adapter; both back ends take LoRA only, so merge it into its model")
    return found


def _looks_local(name: str, folder: Path) -> bool:
    # `models` is no account on the hub: a checkpoint of the project that is missing must not turn into a download.
    return name.startswith((".", "/", "~", "models/")) or folder.exists() or not _HUB_NAME.fullmatch(name)


def _refuse_adapter(checkpoint: str, folder: Path) -> None:
    """transformers would load the model that an adapter names, whose weights nothing here would know of."""
    if (folder / _ADAPTER).is_file():
        base = _read(folder / _ADAPTER).get("base_model_name_or_path") or "the model that it was trained on"
        raise PromptfitError(
            f"{checkpoint} is an adapter, no model: say `checkpoint: {base}` and `adapter: {checkpoint}` in the "
            "model's YAML"
        )


def _from_hub(name: str, revision: str | None, patterns: Iterable[str]) -> Path:
    from huggingface_hub import snapshot_download

    try:
        return Path(snapshot_download(name, revision=revision, allow_patterns=list(patterns)))
    except Exception as error:  # the hub's client raises errors of a dozen libraries
        raise PromptfitError(
            f"the checkpoint {name!r} is no folder under the project and could not be had from the hub "
            f"({type(error).__name__}: {str(error).splitlines()[0] if str(error) else 'no reason given'}); "
            "check the name, the network, or give the path of a local copy"
        ) from error


def _read(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise PromptfitError(f"{path}: no JSON that can be read ({error}); download the checkpoint again") from error
    return content if isinstance(content, dict) else {}


def _files(folder: Path, patterns: Iterable[str]) -> list[Path]:
    return sorted({path for pattern in patterns for path in folder.glob(pattern) if path.is_file()})


def _digest(folder: Path, patterns: Iterable[str]) -> str:
    """sha256 over the names and digests of the files."""
    files = _files(folder, patterns)
    total = hashlib.sha256()
    for path, digest in zip(files, file_digests(files, home() / DIGESTS), strict=True):
        total.update(f"{path.relative_to(folder).as_posix()} {digest}\n".encode())
    return total.hexdigest()
