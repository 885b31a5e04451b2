"""What a stage takes out of its configuration: data, answerer, label, and how its run is described."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from omegaconf import DictConfig

from promptfit.build import instantiate
from promptfit.commands.shared import composed, damage, tables
from promptfit.commands.shared.answerers import answerer_of, asks
from promptfit.commands.shared.listed import listed
from promptfit.commands.shared.private_results import privacy_of
from promptfit.data.records import asked
from promptfit.evaluate.obtained import Obtained
from promptfit.evaluate.scoring import Scoring
from promptfit.paths import home, resolve
from promptfit.readers.steps import Reader
from promptfit.score.metrics import CER, Metric, objective
from promptfit.score.normalize import Chain
from promptfit.support.files.names import file_name
from promptfit.types import Field, PromptfitError, Sample

if TYPE_CHECKING:
    from promptfit.answer.cached_answerer import CachedAnswerer
    from promptfit.data.reader import Dataset
    from promptfit.tracking import DataUsed


def load_data(cfg: DictConfig) -> Dataset:
    """The data set; its path is relative to the project's root. What it has to say is said.

    Raises:
        PromptfitError: It is not there, or faulty.
    """
    node = {"private": None, **composed.resolved(cfg)["dataset"]}
    if "path" in node:
        node["path"] = str(resolve(node["path"]))
        if not Path(node["path"]).is_dir():
            raise PromptfitError(
                f"{node['path']}: no such folder; `dvc pull data.dvc` fetches the data sets that come with the "
                "project, `promptfit import` takes over others"
            )
    dataset: Dataset = instantiate(node)
    tables.say(*dataset.warnings, *dataset.notes)
    return dataset


def questions_of(cfg: DictConfig, data: Dataset, ask: str | None = None) -> Dataset:
    """The data set with the samples that `ask=` names: fields, records, or both.

    Args:
        cfg: With `ask`, `field` and `record_question`.
        data: The data set.
        ask: In the place of `ask=`.

    Raises:
        PromptfitError: There is no such `ask`.
    """
    return asked(data, ask or asks(cfg), str(cfg.record_question))


def data_used(cfg: DictConfig, data: Dataset) -> DataUsed:
    """The data set as the run lists it."""
    from promptfit.tracking import DataUsed

    return DataUsed(data.name, data.digest, str(cfg.dataset.get("path", "")))


def fields_of(cfg: DictConfig, data: Dataset) -> list[Field]:
    """The fields that `field=` names, or all of them."""
    if cfg.field is None:
        return data.fields
    return list(dict.fromkeys(data.resolve(str(name)) for name in listed(cfg.field)))


def limited(splits: Mapping[str, Sequence[Sample]], fields: Sequence[Field]) -> dict[str, list[Sample]]:
    """The samples of these fields only."""
    wanted = set(fields)
    return {name: [sample for sample in samples if sample.field in wanted] for name, samples in splits.items()}


def scoring_of(cfg: DictConfig) -> Scoring:
    """How answers are read and compared: `reader` and `chain`.

    Raises:
        PromptfitError: There is no such reader, or no such step of normalisation.
    """
    return Scoring(Chain(cfg.chain), Reader(listed(cfg.reader)))


def obtained_of(cfg: DictConfig) -> Obtained:
    """The books of a command, which may miss the share `missing` of its documents.

    Raises:
        PromptfitError: It is no share.
    """
    share = cfg.missing
    if isinstance(share, bool) or not isinstance(share, int | float) or not 0 <= share < 1:
        raise PromptfitError(f"missing={share}: a share of the documents from 0 to below 1, such as 0.05")
    return Obtained(float(share))


def told(cfg: DictConfig, obtained: Obtained, answerer: CachedAnswerer) -> list[str]:
    """How answers ended, and what is missing, in words; nothing where all went well."""
    return obtained.lines(answerer.max_new_tokens, [str(name) for name in listed(cfg.reader)])


def kept_answerer(
    cfg: DictConfig, data: Dataset, model: DictConfig | None = None, ask: str | None = None
) -> CachedAnswerer:
    """The answerer under test, with what it has answered before.

    Args:
        cfg: With `model`, `store` and `allow_private`.
        data: What it will be asked of.
        model: Another answerer's config.
        ask: In the place of `ask=`.

    Raises:
        PromptfitError: The data set is private and the answerer elsewhere.
    """
    from promptfit.answer.stack import stacked

    return stacked(answerer_of(cfg, model, ask), resolve(cfg.store), privacy_of(cfg, data))


def label_of(cfg: DictConfig) -> str:
    """The prompt collection's label: as configured, or the generator's name, with any strategy that is not its own, an
    objective other than the CER, and what the images went through."""
    if cfg.label is not None:
        return file_name("label", str(cfg.label))
    own = _own_strategy(cfg)
    strategy = composed.choice("strategy", default=own)
    added = [name for name, usual in ((strategy, own), (objective_of(cfg).name, CER.name)) if name != usual]
    return file_name("label", "+".join([cfg.generator.name, *added]) + damage.suffix(cfg))


def collection_path(cfg: DictConfig, label: str) -> Path:
    """Where the prompt collection of this answerer and label lies."""
    path: Path = home() / "prompts" / cfg.model.name / f"{cfg.model.name}_sep_{label}.csv"
    return path


def described(cfg: DictConfig) -> dict[str, object]:
    """What the params of every run and of its trials say."""
    return {
        "answerer": cfg.model.name,
        "dataset": cfg.dataset.name,
        "seed": cfg.seed,
        "reader": ",".join(map(str, listed(cfg.reader))),
        "chain": ",".join(cfg.chain),
    }


def params(cfg: DictConfig, label: str) -> dict[str, object]:
    """The params of a run and of its trials."""
    return {
        **described(cfg),
        "label": label,
        "generator": cfg.generator.name,
        "strategy": composed.choice("strategy", default=_own_strategy(cfg)),
        "objective": objective_of(cfg).name,
    }


def objective_of(cfg: DictConfig) -> Metric:
    """What prompts are compared by.

    Raises:
        PromptfitError: It is no metric that a race can run on.
    """
    return objective(str(cfg.objective))


def _own_strategy(cfg: DictConfig) -> str:
    """The strategy that the generator is used with unless the person says otherwise."""
    return str(cfg.generator.strategy)
