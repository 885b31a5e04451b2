"""What a checkpoint's files tell before its weights are loaded, on either back end: halves of downloads, other kinds of
models, packages that quantised weights need."""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from promptfit.answer.local.checkpoint_settings import CheckpointSettings, versions
from promptfit.answer.local.hub_faults import hub_remedy
from promptfit.types import PromptfitError

Needs = Mapping[str, tuple[str, ...]]
"""Packages that a back end loads quantised weights with, by method; transformers and vLLM name one at a time."""
_POINTER = b"version https://git-lfs"


def check_loadable(settings: CheckpointSettings, needs: Needs) -> None:
    """Refuses by name what would fail in the middle of loading, or answer nonsense.

    Raises:
        PromptfitError: Files are missing or cut, it reads text only, or something has to be installed first.
    """
    located = settings.located
    folder = located.folder
    faults = [] if located.commit else [*_missing(folder), *(fault for one in located.weights if (fault := _cut(one)))]
    if faults:
        raise PromptfitError(
            f"{settings.checkpoint}: not all of it is here: {'; '.join(faults[:3])}"
            + (f", and {len(faults) - 3} more" if len(faults) > 3 else "")
            + "; go on with its download"
        )
    _check_kind(settings, str(located.config.get("model_type")))
    if method := quantised_by(located.config):
        _check_installed(settings, f"its weights are quantised by {method}", needs.get(method, ()))
    if settings.adapted:
        _check_installed(settings, "it has an adapter", needs["adapter"])


def quantised_by(config: Mapping[str, Any]) -> str:
    """The method that a checkpoint's weights are quantised by; empty if they are not."""
    for place in (config, config.get("text_config") or {}):
        found = place.get("quantization_config") or place.get("compression_config")
        if isinstance(found, dict):
            return str(
                found.get("quant_method") or "bitsandbytes" * any(map(found.get, ("load_in_4bit", "load_in_8bit")))
            )
    return ""


def _missing(folder: Path) -> list[str]:
    """What the indices of the weights name and is not there, and what a download left half."""
    named = set()
    for index in folder.glob("*.index.json"):
        try:
            named |= set(json.loads(index.read_text("utf-8"))["weight_map"].values())
        except (ValueError, KeyError, AttributeError, TypeError):
            return [f"{index.name} is no index of weights"]
    missing = sorted(f"{name} is missing" for name in named if not (folder / name).is_file())
    left = folder / ".cache" / "huggingface" / "download"
    return missing + [f"{one.name} is half a download" for one in sorted(left.glob("*.incomplete"))]


def _cut(path: Path) -> str:
    """What is wrong with a file of weights: safetensors say themselves how long they are."""
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(8)
        if size < 1024 and (head + file.read(32)).startswith(_POINTER):
            return f"{path.name} is a pointer of Git LFS (`git lfs pull` fetches the file)"
        if path.suffix != ".safetensors":
            return "" if size else f"{path.name} is empty"
        length = int.from_bytes(head, "little")
        file.seek(8)
        try:
            header = json.loads(file.read(length if length < size else 0))
            whole = (
                8
                + length
                + max((one["data_offsets"][1] for one in header.values() if "data_offsets" in one), default=0)
            )
        except (ValueError, KeyError, TypeError, AttributeError):
            return f"{path.name} ({size:,} bytes) is cut off or no safetensors file"
    return f"{path.name} has {size:,} of its {whole:,} bytes" if size < whole else ""


def _check_kind(settings: CheckpointSettings, kind: str) -> None:
    from transformers.models.auto import modeling_auto as known

    reads = known.MODEL_FOR_IMAGE_TEXT_TO_TEXT_MAPPING_NAMES
    if kind in known.MODEL_FOR_CAUSAL_LM_MAPPING_NAMES and kind not in reads:
        raise PromptfitError(
            f"{settings.checkpoint}: a {kind} is no vision-language model that reads an image and writes text; "
            "give a checkpoint of one (`checkpoint=`)"
        )


def _check_installed(settings: CheckpointSettings, why: str, needed: tuple[str, ...]) -> None:
    if missing := [name for name in needed if find_spec(name.replace("-", "_")) is None]:
        raise PromptfitError(
            f"{settings.checkpoint}: {why}; install {' and '.join(missing)} beside promptfit: "
            f"uv pip install {' '.join(missing)}"
        )


def unloadable(settings: CheckpointSettings, error: Exception) -> PromptfitError:
    """What to say of a checkpoint that transformers does not load."""
    first = (str(error).strip() or "no reason given").splitlines()[0]
    told = f"({type(error).__name__}: {first}{remedy(settings, error)})"
    return PromptfitError(f"{settings.checkpoint}: the checkpoint cannot be loaded {told}")


def remedy(settings: CheckpointSettings, error: BaseException) -> str:
    """What to do about what a library says of a checkpoint, where that is known."""
    said = str(error)
    if hub := hub_remedy(settings.checkpoint, error):
        return f": {hub}"
    if "trust_remote_code" in said:
        return " Read that code, and if you trust it say `trust_remote_code: true` in the model's YAML"
    if "does not recognize this architecture" in said or "not supported for now" in said:
        saved = settings.located.config.get("transformers_version")
        by = f"It was saved by transformers {saved}, and here" if saved else "Here"
        return (
            f" {by} is {versions('transformers')['transformers']}: take a newer one (uv pip install -U transformers), "
            "or ask the model behind a server (`model=server`)"
        )
    return ""
