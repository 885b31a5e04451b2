"""What of a run, or of results, must stay on this machine."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from omegaconf import DictConfig

from promptfit.commands.shared import composed
from promptfit.data.privacy import Privacy, is_known_public
from promptfit.types import PromptfitError

if TYPE_CHECKING:
    from promptfit.data.reader import Dataset


def privacy_of(cfg: DictConfig, data: Dataset | None = None) -> Privacy:
    """What may not leave this machine in this run.

    Args:
        cfg: `allow_private` counts where a person typed it: what a file of a project says, anybody may have written.
        data: The run's data set, if it has one.

    Raises:
        PromptfitError: A configuration allows what only the command line can.
    """
    allowed = bool(cfg.get("allow_private"))
    if allowed and not composed.typed("allow_private"):
        raise PromptfitError("allow_private: true stands in a configuration; it counts on the command line alone")
    return Privacy(data.private if data else None, allowed)


def results_stay(cfg: DictConfig, data: Iterable[str]) -> bool:
    """Whether results, which hold answers and true ones, must stay on this machine.

    Args:
        cfg: With `allow_private`.
        data: The digests of the data sets that they are of.
    """
    return privacy_of(cfg).stays and not is_known_public(set(data))
