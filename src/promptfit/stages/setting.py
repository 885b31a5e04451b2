"""What a stage takes out of its configuration: data, answerer, label, and how its run is described."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from omegaconf import DictConfig, ListConfig, OmegaConf

from promptfit.build import instantiate
from promptfit.paths import home, resolve
from promptfit.types import Field, PromptfitError, Sample

if TYPE_CHECKING:
    from promptfit.answer.store import KeptAnswerer
    from promptfit.data.reader import Dataset
    from promptfit.tracking import DataUsed


def resolved(cfg: DictConfig) -> dict[str, Any]:
    """The configuration as plain values."""
    return OmegaConf.to_container(cfg, resolve=True)


def load_data(cfg: DictConfig) -> Dataset:
    """The data set; its path is relative to the project's root.

    Raises:
        PromptfitError: It is not there, or faulty.
    """
    node = resolved(cfg)["dataset"]
    if "path" in node:
        node["path"] = str(resolve(node["path"]))
        if not Path(node["path"]).is_dir():
            raise PromptfitError(
                f"{node['path']}: no such folder; `dvc pull data.dvc` fetches the data sets that come with the "
                "project, `promptfit import` takes over others"
            )
    return instantiate(node)


def data_used(cfg: DictConfig, data: Dataset) -> DataUsed:
    """The data set as the run lists it."""
    from promptfit.tracking import DataUsed

    return DataUsed(data.name, data.digest, str(cfg.dataset.get("path", "")))


def fields_of(cfg: DictConfig, data: Dataset) -> list[Field]:
    """The fields that `field=` names, or all of them."""
    if cfg.field is None:
        return data.fields
    named = list(cfg.field) if isinstance(cfg.field, ListConfig) else [cfg.field]
    return list(dict.fromkeys(data.resolve(str(name)) for name in named))


def limited(splits: Mapping[str, Sequence[Sample]], fields: Sequence[Field]) -> dict[str, list[Sample]]:
    """The samples of these fields only."""
    wanted = set(fields)
    return {name: [sample for sample in samples if sample.field in wanted] for name, samples in splits.items()}


def kept_answerer(cfg: DictConfig) -> KeptAnswerer:
    """The answerer under test, with what it has answered before."""
    from promptfit.answer.store import AnswerStore, KeptAnswerer

    return KeptAnswerer(instantiate(cfg.model.answerer), AnswerStore(resolve(cfg.store)))


def label_of(cfg: DictConfig) -> str:
    """The prompt collection's label: as configured, or the generator's name (with any strategy that is not its own)."""
    if cfg.label is not None:
        return checked_label(str(cfg.label))
    strategy = _choice("strategy", default=cfg.generator.strategy)
    return checked_label(cfg.generator.name + (f"+{strategy}" if strategy != cfg.generator.strategy else ""))


def checked_label(label: str) -> str:
    """The label, if it can be a part of a file's name.

    Raises:
        PromptfitError: It can't.
    """
    if not re.fullmatch(r"[^/\\\x00-\x1f.][^/\\\x00-\x1f]{0,99}", label):
        raise PromptfitError(f"label {label!r} becomes a part of a file's name: 1 to 100 characters without / and \\")
    return label


def collection_path(cfg: DictConfig, label: str) -> Path:
    """Where the prompt collection of this answerer and label lies."""
    return home() / "prompts" / cfg.model.name / f"{cfg.model.name}_sep_{label}.csv"


def params(cfg: DictConfig, label: str) -> dict[str, object]:
    """The params of a run and of its trials."""
    return {
        "answerer": cfg.model.name,
        "label": label,
        "generator": cfg.generator.name,
        "strategy": _choice("strategy", default=cfg.generator.strategy),
        "dataset": cfg.dataset.name,
        "seed": cfg.seed,
        "chain": ",".join(cfg.chain),
    }


def _choice(group: str, default: str) -> str:
    """Which config of a group was chosen; the default where nothing was composed by Hydra's own main."""
    from hydra.core.hydra_config import HydraConfig

    return str(HydraConfig.get().runtime.choices[group]) if HydraConfig.initialized() else default
