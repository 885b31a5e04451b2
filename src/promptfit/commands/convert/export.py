"""`promptfit export`: our data sets and prompt collections in other formats."""

from __future__ import annotations

from pathlib import Path

from omegaconf import DictConfig

from promptfit.commands.convert.convert import folder_of, source_of
from promptfit.commands.shared import tables
from promptfit.data.formats.vlmhyperbench_format import export_vlmhyperbench
from promptfit.paths import resolve
from promptfit.types import PromptfitError


def main(cfg: DictConfig) -> Path:
    """Exports `source` into `into` (by default `exports/`).

    Raises:
        PromptfitError: There is no such format, or the source is faulty.
    """
    if str(cfg.format) != "vlmhyperbench":
        raise PromptfitError(f"unknown format {cfg.format!r}; there are: vlmhyperbench")
    name = None if cfg.name is None else str(cfg.name)
    path = export_vlmhyperbench(resolve(source_of(cfg)), folder_of(cfg, "exports"), name)
    tables.say(f"exported: {tables.shown(path)}")
    return path
