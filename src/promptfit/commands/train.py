"""`promptfit train`: the built-in model, from scratch."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from omegaconf import DictConfig

from promptfit.build import instantiate
from promptfit.commands.shared import composed, tables
from promptfit.commands.shared.written import Written
from promptfit.paths import resolve


def main(cfg: DictConfig) -> Path:
    """Trains docvlm-tiny to the recipe's end, from where it was stopped.

    Returns:
        The folder of the checkpoint.
    """
    from promptfit.docvlm.training import train
    from promptfit.tracking import open_run

    out = resolve(cfg.out)
    with open_run(
        "train", composed.resolved(cfg), {"answerer": out.name, "seed": cfg.seed}, name=out.name, stays=False
    ) as run:
        train(
            instantiate(cfg.recipe),
            out,
            resolve(cfg.state),
            run,
            start=resolve(cfg.start) if cfg.start else None,
            device=cfg.device,
        )
    tables.say(f"trained: {tables.shown(out)}; its model card says how")
    return out


def writes(cfg: DictConfig) -> Sequence[Written]:
    """The checkpoint, and the training to go on from."""
    return [Written(resolve(cfg.out), "out"), Written(resolve(cfg.state), "state")]
