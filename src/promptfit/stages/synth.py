"""`promptfit synth`: draws the data sets that come with the project."""

from __future__ import annotations

from pathlib import Path

from omegaconf import DictConfig

from promptfit.paths import home
from promptfit.stages import show


def main(cfg: DictConfig) -> Path:
    """Draws `data/{mini,large,diverse}`; the same seed gives the same bytes.

    Returns:
        The folder of the data sets.
    """
    from promptfit.data.synth.write import write_all

    root = home() / "data"
    write_all(root, cfg.seed)
    show.say(f"drawn: {show.shown(root)}; `dvc add data` tracks it")
    return root
