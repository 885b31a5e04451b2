"""`promptfit import`: data sets and prompt collections of other formats become ours."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from omegaconf import DictConfig, OmegaConf

from promptfit.build import instantiate
from promptfit.commands.convert.convert import folder_of, source_of
from promptfit.commands.convert.guesses import command_line, first_values, guesses_table
from promptfit.commands.convert.tracked_data import track
from promptfit.commands.shared import tables
from promptfit.data.formats.import_plan import ImportPlan, Order
from promptfit.data.formats.read_format import DataFormat
from promptfit.types import PromptfitError


def main(cfg: DictConfig) -> Path | None:
    """Imports `source` into `into` (by default `datasets/` for a data set, `prompts/imported/` for a collection).

    Returns:
        Where it lies; None where it was only shown.
    """
    order = _order(cfg)
    form: DataFormat = instantiate(cfg.format)
    brought = form.bring(order, partial(_go, cfg))
    if brought is None:
        return None
    tables.say(f"imported: {tables.shown(brought.path)}")
    if card := brought.card:
        tables.say(f"{card.rows:,} rows, {card.images:,} images, {len(card.fields):,} fields")
        tables.say(*card.left_out, *(f"note: {note}" for note in card.notes), error=True)
        if cfg.track:
            tables.say(track(brought.path))
        shown = tables.shown(brought.path)
        tables.say(f"look at it: promptfit check {shown}; where it is from: {shown}/data_card.md")
    return brought.path


def _order(cfg: DictConfig) -> Order:
    splits = OmegaConf.to_container(cfg.splits) if OmegaConf.is_config(cfg.splits) else cfg.splits or {}
    if not isinstance(splits, dict):
        raise PromptfitError('splits=…: write our names of the source\'s splits: splits="{train: search, test: test}"')
    if not 0 <= float(cfg.left_out) <= 1:
        raise PromptfitError(f"left_out={cfg.left_out}: a share from 0 to 1")
    if cfg.limit is not None and not (isinstance(cfg.limit, int) and cfg.limit > 0):
        raise PromptfitError(f"limit={cfg.limit}: a number of documents above 0")
    return Order(
        source="" if cfg.source is None and cfg.format.get("hub") else source_of(cfg),
        into=folder_of(cfg, "datasets"),
        prompts=folder_of(cfg, "prompts/imported"),
        name=None if cfg.name is None else str(cfg.name),
        splits={str(theirs): str(ours) for theirs, ours in splits.items()},
        left_out=float(cfg.left_out),
        limit=cfg.limit,
        licence="" if cfg.licence is None else str(cfg.licence),
    )


def _go(cfg: DictConfig, plan: ImportPlan, target: Path) -> bool:
    """Shows what is taken for what, where somebody should look first."""
    asks = plan.guessed and cfg.dry_run is None
    if plan.meanings and (asks or cfg.dry_run):
        tables.console().print(guesses_table(plan))
    if not asks and not cfg.dry_run:
        return True
    values, left_out = first_values(plan)
    if values.row_count:
        tables.console().print(values)
    tables.say(*left_out)
    tables.say(f"nothing is written yet; it would go to {tables.shown(target)}")
    tables.say(*(f"note: {note}" for note in plan.origin().notes))
    if plan.guessed:
        tables.say("so, or with another option where a guess is wrong:", f"  {command_line(cfg, plan)}")
    return False
