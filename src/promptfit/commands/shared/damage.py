"""Searching and trying on damaged images: `augmentation=defocus severity=3`."""

from __future__ import annotations

from dataclasses import replace

from omegaconf import DictConfig

from promptfit.augment.condition import Condition
from promptfit.augment.text_height import text_height
from promptfit.build import instantiate
from promptfit.data.reader import Dataset
from promptfit.support.files import pixels
from promptfit.support.grouped_by import grouped_by
from promptfit.types import PromptfitError


def applied(cfg: DictConfig, data: Dataset) -> Dataset:
    """The data set as `augmentation=` and `severity=` damage it.

    Args:
        cfg: With `augmentation`, `severity` and `seed`.
        data: The data set.

    Returns:
        The data set, whose samples say what their images go through.

    Raises:
        PromptfitError: More than one augmentation is named, or there is no such severity.
    """
    condition = condition_of(cfg)
    if condition is None:
        return data
    own = grouped_by(data.samples, lambda one: one.image)
    alterations = {
        path: condition.of(samples[0].document, text_height(samples, pixels.read(path)))
        for path, samples in own.items()
    }
    return replace(data, samples=tuple(replace(one, alteration=alterations[one.image]) for one in data.samples))


def condition_of(cfg: DictConfig) -> Condition | None:
    """What `augmentation=` and `severity=` name; None for `augmentation=none`.

    Raises:
        PromptfitError: It is more than one, or there is no such severity.
    """
    nodes = list(cfg.augmentation.values())
    if len(nodes) > 1:
        raise PromptfitError(
            f"augmentation={','.join(cfg.augmentation)}: one at a time here; several in a row are one of their own, "
            "see conf/augmentation/fax.yaml, and -m sweeps over them"
        )
    return Condition(instantiate(nodes[0]), cfg.severity, int(cfg.seed)) if nodes else None


def suffix(cfg: DictConfig) -> str:
    """What is added to the label of prompts that were found on damaged images."""
    return "".join(f"@{name}{cfg.severity}" for name in cfg.augmentation)
