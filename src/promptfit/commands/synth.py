"""`promptfit synth`: draws the data sets that come with the project."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from omegaconf import DictConfig
from rich.progress import Progress

from promptfit.commands.shared import tables
from promptfit.commands.shared.written import Written
from promptfit.paths import home
from promptfit.support.console.door import console


def main(cfg: DictConfig) -> Path:
    """Draws `data/{mini,large,diverse}`; the same seed gives the same bytes.

    Returns:
        The folder of the data sets.
    """
    from promptfit.data.synth.write import write_all

    root = home() / "data"
    with Progress(*Progress.get_default_columns(), console=console(error=True)) as bar:
        task = bar.add_task("images")
        write_all(root, cfg.seed, lambda done, total: bar.update(task, completed=done, total=total))
    tables.say(f"drawn: {tables.shown(root)}; `dvc commit data.dvc` tracks it")
    return root


def writes(cfg: DictConfig) -> Sequence[Written]:
    """The data sets."""
    return [Written(home() / "data")]
