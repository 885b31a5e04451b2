"""`promptfit schema`: what the fields of a data set are, as the `schema.yaml` that a person corrects."""

from __future__ import annotations

from omegaconf import DictConfig

from promptfit.commands.shared import composed, tables
from promptfit.data.reader import Dataset, load
from promptfit.data.schemas import schema_file
from promptfit.data.schemas.dataset_schema import Schema, completed, lacking
from promptfit.data.schemas.foreign_schema import read_json_schema, stated_in
from promptfit.data.schemas.model_schema import is_dotted, model_schema
from promptfit.paths import resolve
from promptfit.support.parsing.value_types import TYPES
from promptfit.types import ABSENT, PromptfitError


def main(cfg: DictConfig) -> Schema:
    """Prints the schema of `source`, or of the data set that is composed: stated, taken from `like`, or inferred."""
    data = _data(cfg)
    schema = data.schema if cfg.like is None else _taken(cfg, data)
    tables.say(*_head(schema), *schema_file.written(schema).rstrip().split("\n"))
    return schema


def _data(cfg: DictConfig) -> Dataset:
    """The data set; what it has to say goes to standard error, so that the schema can be put into a file."""
    source = resolve(str(cfg.dataset.path if cfg.source is None else cfg.source))
    data = load(source.parent if source.is_file() else source)
    tables.say(*data.warnings, error=True)
    return data


def _taken(cfg: DictConfig, data: Dataset) -> Schema:
    """What a schema of somebody else says; the rest is inferred.

    Raises:
        PromptfitError: It can't be read, or it was not typed, but stands in a configuration.
    """
    like = str(cfg.like)
    if not composed.typed("like"):
        raise PromptfitError(
            "like=…: a schema of others is taken only where it is typed: a model's module would be run"
        )
    found = model_schema(like) if is_dotted(like) else read_json_schema(resolve(like))
    types = list(dict.fromkeys(one.doc_type for one in data.fields))
    try:
        stated = stated_in(found, types, None if cfg.doc_type is None else str(cfg.doc_type))
    except PromptfitError as fault:
        raise PromptfitError(f"like={like}: {fault}") from fault
    if odd := lacking(stated, data.fields):
        tables.say(f"like={like}: {odd}", error=True)
    return completed(stated, data.samples)


def _head(schema: Schema) -> list[str]:
    told = [f"# Types: {', '.join(TYPES)}. Absent, where a field has no list of its own: {', '.join(ABSENT)}."]
    if schema.inferred:
        names = ", ".join(one.name for one in schema.inferred)
        told.append(f"# By their truths, to be corrected and kept beside annotation.csv as schema.yaml: {names}.")
    return told
