"""`promptfit store`: the answers and the completions that are kept."""

from __future__ import annotations

import json

from omegaconf import DictConfig
from rich.table import Table

from promptfit.answer.cached_answerer import AnswerCache, CachedAnswerer
from promptfit.build import instantiate
from promptfit.commands.shared import tables
from promptfit.generate.cached_generator import CachedGenerator, CompletionCache
from promptfit.paths import resolve
from promptfit.types import PromptfitError

Shelf = AnswerCache | CompletionCache


def main(cfg: DictConfig) -> None:
    """Shows, prunes or merges, as `action` says."""
    store = resolve(cfg.store)
    shelves: dict[str, Shelf] = {shelf.texts: shelf(store) for shelf in (AnswerCache, CompletionCache)}
    if cfg.action == "prune":
        if cfg.what not in shelves:
            raise PromptfitError(f"what={cfg.what}: prune what? There are: {', '.join(shelves)}")
        tables.say(f"forgot {_prune(cfg, shelves[cfg.what])} {cfg.what}")
    elif cfg.action == "merge":
        if cfg.source is None:
            raise PromptfitError("merge what? Give another store's file: promptfit store merge FILE")
        source = resolve(str(cfg.source))
        for shelf in shelves.values():  # of a file that one of them refuses nothing is taken
            shelf.check(source)
        for texts, shelf in shelves.items():
            tables.say(f"took over {shelf.merge(source)} {texts}")
    elif cfg.action != "show":
        raise PromptfitError(f"unknown action {cfg.action!r}; there are: show, prune, merge")
    _show(cfg, shelves)


def _prune(cfg: DictConfig, shelf: Shelf) -> int:
    age = None if cfg.older_than_days is None else float(cfg.older_than_days) * 86400
    whose = {"answers": cfg.model.answerer, "completions": cfg.generator}[cfg.what]
    if cfg.all:
        return shelf.prune(None, age)
    speaker = instantiate(whose)
    asked = CachedAnswerer(speaker, shelf) if isinstance(shelf, AnswerCache) else CachedGenerator(speaker, shelf)
    return shelf.prune(asked.identity, age)


def _show(cfg: DictConfig, shelves: dict[str, Shelf]) -> None:
    tables.say(f"{cfg.store}: {next(iter(shelves.values())).size() / 1e6:.1f} MB")
    for texts, shelf in shelves.items():
        table = Table(shelf.speaker, texts, "hits")
        for kept in shelf.stats():
            table.add_row(_name(kept.identity), str(kept.rows), str(kept.hits))
        tables.console().print(table)


def _name(identity: str) -> str:
    """The model's name out of the canonical JSON that is an identity."""
    try:
        said = json.loads(identity)
        return str(said.get("checkpoint") or said.get("model") or identity)
    except (ValueError, AttributeError):
        return identity
