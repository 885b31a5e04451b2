"""The racing that a stage was given, if it is one that the stage can run."""

from __future__ import annotations

from typing import TypeVar

from omegaconf import DictConfig

from promptfit.build import instantiate
from promptfit.evaluate.no_race import NoRace
from promptfit.types import PromptfitError

Rules = TypeVar("Rules")


def racing_of(cfg: DictConfig, stage: str, own: type[Rules]) -> Rules | NoRace:
    """Builds the group's choice.

    Args:
        cfg: With `racing`.
        stage: The choice that is the stage's own.
        own: What that one builds.

    Raises:
        PromptfitError: It is another stage's choice, or a figure is out of its range.
    """
    found = instantiate(cfg.racing)
    if isinstance(found, (own, NoRace)):
        return found
    raise PromptfitError(f"racing: that is another stage's; here it is racing={stage}, or racing=off for none at all")
