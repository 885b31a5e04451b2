"""`promptfit export`: our data sets and prompt collections in other formats."""

from __future__ import annotations

from pathlib import Path

from omegaconf import DictConfig

from promptfit.commands.convert.convert import convert
from promptfit.data import formats


def main(cfg: DictConfig) -> Path:
    """Exports `source` into `into` (by default `exports/`)."""
    return convert(cfg, {"vlmhyperbench": formats.export_vlmhyperbench}, "exports", "exports", "exported")
