"""`promptfit select`, stage 2: the best prompts out of all collections of one answerer."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from omegaconf import DictConfig

from promptfit.commands.select import calls, plan
from promptfit.commands.select.selected import selected
from promptfit.commands.shared import configured
from promptfit.commands.shared.answerers import asks
from promptfit.commands.shared.written import Written


def main(cfg: DictConfig) -> Path | None:
    """Selects prompts for fields, for records, or for both, and then says whether one call does.

    Returns:
        The best collection's file, of fields where there are both; None after `dry_run=true`.
    """
    data, ask = configured.load_data(cfg), asks(cfg)
    done = [selected(cfg, data, one) for one in plan.KINDS if ask in (one, "both")]
    found = [one for one in done if one]
    if len(found) == len(plan.KINDS):
        calls.compare(cfg, data, *found)
    for one in found:
        one.obtained.check()
    return found[0].files[0] if found else None


def writes(cfg: DictConfig) -> Sequence[Written]:
    """All of the folder."""
    return [Written(plan.folder(cfg, asks(cfg)))]
