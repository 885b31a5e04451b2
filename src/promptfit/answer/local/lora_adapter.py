"""LoRA weights that go on top of a checkpoint: where they lie, known without torch."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from promptfit.answer.local.checkpoint_files import digest_of, files_of, from_hub, looks_local, read_json
from promptfit.paths import resolve
from promptfit.types import PromptfitError

CONFIG = "adapter_config.json"
_FILES = (CONFIG, "adapter_model.*")


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
        return read_json(self.folder / CONFIG)


def locate_adapter(adapter: str) -> Adapter:
    """Finds an adapter like a checkpoint.

    Raises:
        PromptfitError: It is nowhere, is no LoRA adapter, or the hub cannot be reached.
    """
    folder = resolve(adapter)
    local = looks_local(adapter, folder)
    if not local:
        folder = from_hub(adapter, None, _FILES)
    if not (folder / CONFIG).is_file() or not any(files_of(folder, ("adapter_model.*",))):
        raise PromptfitError(f"no adapter ({CONFIG} and adapter_model.safetensors) in {folder} (`adapter={adapter}`)")
    found = Adapter(folder.name if local else adapter, folder, digest_of(folder, _FILES) if local else folder.name)
    if (kind := found.config.get("peft_type")) != "LORA":
        raise PromptfitError(f"{adapter}: a {kind} adapter; both back ends take LoRA only, so merge it into its model")
    return found


def refuse_adapter(checkpoint: str, folder: Path) -> None:
    """transformers would load the model that an adapter names, whose weights nothing here would know of."""
    if (folder / CONFIG).is_file():
        base = read_json(folder / CONFIG).get("base_model_name_or_path") or "the model that it was trained on"
        raise PromptfitError(
            f"{checkpoint} is an adapter, no model: say `checkpoint: {base}` and `adapter: {checkpoint}` in the "
            "model's YAML"
        )
