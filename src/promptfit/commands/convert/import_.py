"""`promptfit import`: data sets and prompt collections of other formats become ours."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from omegaconf import DictConfig

from promptfit.commands.convert.convert import convert
from promptfit.data import formats


def main(cfg: DictConfig) -> Path:
    """Imports `source` into `into` (by default `datasets/` for a data set, `prompts/imported/` for a collection)."""
    doc_type = "" if cfg.doc_type is None else str(cfg.doc_type)
    vlmhyperbench = partial(formats.import_vlmhyperbench, doc_type=doc_type)
    return convert(cfg, {"vlmhyperbench": vlmhyperbench}, "datasets", "prompts/imported", "imported")
