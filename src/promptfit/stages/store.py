"""`promptfit store`: the answers that are kept."""

from __future__ import annotations

import json

from omegaconf import DictConfig
from rich.table import Table

from promptfit.answer.store import AnswerStore
from promptfit.build import instantiate
from promptfit.paths import resolve
from promptfit.stages import show
from promptfit.types import PromptfitError


def main(cfg: DictConfig) -> None:
    """Shows, prunes or merges, as `action` says."""
    store = AnswerStore(resolve(cfg.store))
    if cfg.action == "prune":
        show.say(f"forgot {_prune(cfg, store)} answers")
    elif cfg.action == "merge":
        if cfg.source is None:
            raise PromptfitError("merge what? Give another store's file: promptfit store merge FILE")
        show.say(f"took over {store.merge(resolve(str(cfg.source)))} answers")
    elif cfg.action != "show":
        raise PromptfitError(f"unknown action {cfg.action!r}; there are: show, prune, merge")
    _show(cfg, store)


def _prune(cfg: DictConfig, store: AnswerStore) -> int:
    age = None if cfg.older_than_days is None else float(cfg.older_than_days) * 86400
    return store.prune(None if cfg.all else instantiate(cfg.model.answerer).identity, age)


def _show(cfg: DictConfig, store: AnswerStore) -> None:
    title = f"{cfg.store}: {store.size() / 1e6:.1f} MB"
    table = Table("answerer", "answers", "hits", title=title, title_justify="left")
    for kept in store.stats():
        table.add_row(_name(kept.identity), str(kept.rows), str(kept.hits))
    show.console().print(table)


def _name(identity: str) -> str:
    """The checkpoint's name out of the canonical JSON that is an identity."""
    try:
        return str(json.loads(identity).get("checkpoint", identity))
    except (ValueError, AttributeError):
        return identity
