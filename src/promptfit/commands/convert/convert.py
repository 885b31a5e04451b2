"""What import and export share: from where, to where."""

from __future__ import annotations

from pathlib import Path

from omegaconf import DictConfig

from promptfit.paths import home, resolve
from promptfit.types import PromptfitError


def source_of(cfg: DictConfig) -> str:
    """What is to be converted, as it was typed.

    Raises:
        PromptfitError: Nothing is.
    """
    if cfg.source is None:
        raise PromptfitError("what? Give a data set's folder or file, or one of prompts: promptfit … <format> PATH")
    return str(cfg.source)


def folder_of(cfg: DictConfig, usual: str) -> Path:
    """Where the result goes.

    Args:
        cfg: With `into`.
        usual: The folder if that is not given.

    Raises:
        PromptfitError: It is the folder of the data sets that come with the project.
    """
    into = resolve(str(cfg.into) if cfg.into is not None else usual)
    if into.resolve().is_relative_to((home() / "data").resolve()):
        raise PromptfitError(f"into={cfg.into}: data/ is for the data sets that come with the project; take datasets/")
    return into
