"""`promptfit import`: data sets and prompt collections of other formats become ours."""

from __future__ import annotations

from pathlib import Path

from omegaconf import DictConfig

from promptfit.commands.convert.convert import convert
from promptfit.data import formats


def main(cfg: DictConfig) -> Path:
    """Imports `source` into `into` (by default `datasets/` for a data set, `prompts/imported/` for a collection)."""
    return convert(cfg, {"vlmhyperbench": formats.import_vlmhyperbench}, "datasets", "prompts/imported", "imported")
