"""`promptfit search`, stage 1: the best prompt of every field for one answerer."""

from __future__ import annotations

from pathlib import Path

from omegaconf import DictConfig

from promptfit.build import instantiate
from promptfit.data.split import split
from promptfit.score.normalize import Chain
from promptfit.search.run import SearchResult, run_search
from promptfit.stages import setting, show
from promptfit.stages.collections import rows_of, write_rows
from promptfit.types import Field


def main(cfg: DictConfig) -> Path | None:
    """Searches, writes the prompt collection and says what was found.

    Returns:
        The collection's file; None after `dry_run=true`.
    """
    from promptfit.tracking import open_run

    label, data = setting.label_of(cfg), setting.load_data(cfg)
    fields = setting.fields_of(cfg, data)
    splits = setting.limited(split(data, seed=cfg.seed), fields)
    budget = requests(cfg, fields)
    show.say(*data.warnings)
    if cfg.dry_run:
        held = len(splits["holdout"])
        show.say(f"at most {budget + held} requests to {cfg.model.name}: {budget} to search, {held} on the holdout;")
        show.say("those that were answered before are not asked again. Tokens and money of a generator: none")
        return None
    answerer = setting.kept_answerer(cfg)
    path = setting.collection_path(cfg, label)
    name, used = f"{cfg.model.name} {label}", setting.data_used(cfg, data)
    with open_run("search", setting.resolved(cfg), setting.params(cfg, label), used, name) as run:
        strategy, racing = instantiate(cfg.strategy), instantiate(cfg.racing)
        chain = Chain(cfg.chain)
        result = run_search(splits, answerer, strategy, budget, run, chain, cfg.seed, cfg.model.system, racing)
        write_rows(path, rows_of(result), merge=cfg.field is not None)
        run.table("fields", FIELDS, [*table(result)])
        run.artifact(path)
    show.console().print(show.search_table(result, f"{cfg.model.name}, {label}, on {data.name}"))
    show.say(
        f"asked {answerer.asked} new requests, {answerer.kept} were kept from before",
        f"prompts: {show.shown(path)}",
        "runs: `make ui` or `promptfit ui` opens MLflow; they are under promptfit/search",
    )
    return path


FIELDS = ("field", "prompt", "cer_holdout", "cer_search", "prompts", "requests")


def requests(cfg: DictConfig, fields: list[Field]) -> int:
    """The budget of the whole search."""
    return int(cfg.budget.requests if cfg.budget.requests is not None else cfg.budget.per_field * len(fields))


def table(result: SearchResult) -> list[list[object]]:
    """The rows of the run's table, one a field."""
    return [
        [one.field.name, one.prompt.text, one.holdout and one.holdout.cer, one.search.cer, one.proposed, one.requests]
        for one in result.fields
    ]
