"""What import and export share: which format, from where, to where."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from omegaconf import DictConfig

from promptfit.commands.shared import tables
from promptfit.data.formats import is_dataset
from promptfit.paths import home, resolve
from promptfit.types import PromptfitError


def convert(cfg: DictConfig, formats: Mapping[str, Callable[..., Path]], data: str, prompts: str, done: str) -> Path:
    """Runs the converter of `cfg.format`.

    Args:
        cfg: With `format`, `source`, `into` and `name`.
        formats: Converters by the name of the format.
        data: Where a data set goes if `into` is not given.
        prompts: Where a prompt collection goes.
        done: The word for the person.

    Raises:
        PromptfitError: The format is unknown, or no source is given.
    """
    converter = formats.get(str(cfg.format))
    if converter is None:
        raise PromptfitError(f"unknown format {cfg.format!r}; there are: {', '.join(formats)}")
    if cfg.source is None:
        raise PromptfitError(f"what? Give a data set's folder or a file of prompts: promptfit … {cfg.format} PATH")
    source = resolve(str(cfg.source))
    into = resolve(str(cfg.into) if cfg.into is not None else data if is_dataset(source) else prompts)
    if into.resolve().is_relative_to((home() / "data").resolve()):
        raise PromptfitError(f"into={cfg.into}: data/ is for the data sets that come with the project; take datasets/")
    path = converter(source, into, None if cfg.name is None else str(cfg.name))
    tables.say(f"{done}: {tables.shown(path)}")
    return path
