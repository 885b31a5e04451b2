"""The prompts that are used: which file, and for each field its own prompt or that of its record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from omegaconf import DictConfig

from promptfit.data import collection
from promptfit.data.records import ASKS, record_of
from promptfit.data.schemas.dataset_schema import Schema
from promptfit.paths import home, resolve
from promptfit.types import RECORD, Field, PromptfitError, Record


@dataclass(frozen=True, slots=True)
class BestPrompts:
    """A collection as it is asked."""

    path: Path
    rows: Mapping[str, str]
    """All of the file's prompts, by the name of their question."""
    prompts: Mapping[Field, str]
    records: Mapping[Field, Record]
    """Of fields that are asked for by their record's prompt."""


def best_prompts(cfg: DictConfig, fields: Sequence[Field], schema: Schema) -> BestPrompts:
    """Reads the collection.

    Args:
        cfg: With `model`, `collection` and `ask`.
        fields: Those that are wanted.
        schema: Of the data set.

    Raises:
        PromptfitError: There is no collection, or no such `ask`.
    """
    path, ask = _file(cfg), str(cfg.ask)
    rows = {row.name: row.prompt for row in collection.read(path)}
    prompts, records = {}, {}
    for field in fields:
        own, whole = rows.get(field.name), rows.get(f"{field.doc_type} {RECORD}")
        if ask != "record" and own is not None:
            prompts[field] = own
        elif ask != "fields" and whole is not None:
            prompts[field] = whole
            records[field] = record_of(schema, field.doc_type)
    return BestPrompts(path, rows, prompts, records)


def part_of(cfg: DictConfig) -> str:
    """The folder of what is done with records, under that of fields; empty for fields.

    Raises:
        PromptfitError: There is no such `ask`.
    """
    if cfg.ask not in ASKS:
        raise PromptfitError(f"ask={cfg.ask}: there are {', '.join(ASKS)}")
    return "" if cfg.ask == "fields" else str(cfg.ask)


def _file(cfg: DictConfig) -> Path:
    name, part = str(cfg.model.name), part_of(cfg)
    if cfg.collection is not None:
        return resolve(str(cfg.collection))
    files = {"": f"{name}_best.csv", "record": f"record/{name}_best.csv", "both": f"{name}_plan.csv"}
    path: Path = home() / "selection" / name / files[part]
    if not path.is_file():
        ask = f" ask={part}" if part else ""
        raise PromptfitError(
            f"{path}: not there yet; make it: promptfit select model={name}{ask}, or name a collection: collection=FILE"
        )
    return path
