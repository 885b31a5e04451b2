"""Results of other data are not written over unasked."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from omegaconf import DictConfig

from promptfit.commands.shared import tables
from promptfit.data.reader import Dataset
from promptfit.types import PromptfitError


def check(cfg: DictConfig, data: Dataset, file: Path, apart: str = "move its folder away to keep both") -> None:
    """Looks at which data an earlier result is of, before anything is asked.

    Args:
        cfg: With `replace`; a `dry_run`, which writes nothing, is only told.
        data: What is about to be measured.
        file: The JSON in which the result will be, and perhaps an earlier one is.
        apart: How to keep both, in words.

    Raises:
        PromptfitError: The earlier one is of other data, and `replace` is false.
    """
    earlier = {} if cfg.replace else _source(file)
    if earlier.get("data_digest", data.digest) == data.digest:
        return
    name = earlier.get("dataset")
    other = f"the data set {name}" if name != data.name else f"an earlier state of the data set {name}"
    told = (
        f"{tables.shown(file)} is of {other}, and this would be of {data.name} ({data.root}): {apart}, or "
        "replace=true writes over it"
    )
    if not cfg.get("dry_run"):
        raise PromptfitError(told)
    tables.say(f"careful: {told}")


def _source(file: Path) -> dict[str, Any]:
    """What the earlier result says of its data; nothing where there is none, or none that can be read."""
    try:
        record = json.loads(file.read_bytes())
    except (OSError, ValueError):
        return {}
    source = record.get("source", record) if isinstance(record, dict) else None
    return source if isinstance(source, dict) else {}
