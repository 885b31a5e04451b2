"""`promptfit export`: our data sets and prompt collections in other formats."""

from __future__ import annotations

from pathlib import Path

from omegaconf import DictConfig

from promptfit.commands.convert.convert import folder_of, source_of
from promptfit.commands.shared import composed, tables
from promptfit.data.formats.vlmhyperbench_format import export_vlmhyperbench
from promptfit.paths import resolve
from promptfit.types import PromptfitError

WRITTEN = "vlmhyperbench"
"""The one format of conf/format/ that is written, too."""


def main(cfg: DictConfig) -> Path:
    """Exports `source` into `into` (by default `exports/`).

    Raises:
        PromptfitError: There is no such format, or the source is faulty.
    """
    if (form := composed.choice("format", WRITTEN)) != WRITTEN:
        raise PromptfitError(f"{form}: data sets are not written in this format; {WRITTEN} is")
    name = None if cfg.name is None else str(cfg.name)
    path = export_vlmhyperbench(resolve(source_of(cfg)), folder_of(cfg, "exports"), name)
    tables.say(f"exported: {tables.shown(path)}")
    return path
