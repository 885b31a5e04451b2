"""`promptfit search`, stage 1: the best prompt of every field for one answerer."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from omegaconf import DictConfig

from promptfit.build import instantiate
from promptfit.commands.search import plan, show
from promptfit.commands.search.keep import record_of, rows_of, write_record, write_rows
from promptfit.commands.search.kept_rows import better
from promptfit.commands.shared import chain_gain, composed, configured, damage, other_data, quote, tables
from promptfit.commands.shared.private_results import privacy_of
from promptfit.commands.shared.useless import useless
from promptfit.commands.shared.written import Written, rows
from promptfit.data import search_record
from promptfit.data.grouping import by_field
from promptfit.data.split import split
from promptfit.search.budget import Budget
from promptfit.search.search_rules import SearchRules
from promptfit.search.search_run import SearchResult, run_search
from promptfit.search.search_sample import SearchSample, in_seeded_order
from promptfit.types import Field, Prompt, Sample


def main(cfg: DictConfig) -> Path | None:
    """Searches, writes the prompt collection and says what was found.

    Returns:
        The collection's file; None after `dry_run=true`.
    """
    from promptfit.tracking import open_run

    label = configured.label_of(cfg)
    data = damage.applied(cfg, configured.load_data(cfg))
    data = configured.questions_of(cfg, data)
    path, fields = configured.collection_path(cfg, label), configured.fields_of(cfg, data)
    other_data.check(cfg, data, search_record.beside(path), "another label=… keeps both")
    splits = configured.limited(split(data, seed=cfg.seed, overlap=cfg.overlap), fields)
    budget, rules = requests(cfg, fields), plan.rules_of(cfg)
    scoring, metric, system = configured.scoring_of(cfg), configured.objective_of(cfg), cfg.model.system
    generator, start = plan.kept_generator(cfg, data), plan.start_of(cfg, data, fields)
    author = plan.author_of(cfg, generator, by_field(splits["search"]), data.schema)
    strategy = instantiate(cfg.strategy)
    if cfg.dry_run:
        held = len(splits["holdout"])
        tables.console().print(show.asked_about(splits, f"What is asked about, of {data.name}"))
        tables.say(f"at most {budget + held} requests to {cfg.model.name}: {budget} to search, {held} on the holdout;")
        tables.say(*sampled(rules, splits["search"], budget, cfg.seed))
        tables.say(*quote.answers(cfg, budget + held, splits["search"]))
        tables.say(plan.estimate(cfg, author, strategy.calls(budget // len(fields))))
        tables.say("what was answered or completed before is not asked again")
        return None
    author.check()
    answerer, obtained = configured.kept_answerer(cfg, data), configured.obtained_of(cfg)
    name, used = f"{cfg.model.name} {label}", configured.data_used(cfg, data)
    params = {**configured.params(cfg, label), "metaprompt": author.metaprompt.digest}
    with open_run("search", composed.resolved(cfg), params, used, name, stays=privacy_of(cfg, data).stays) as run:
        result = run_search(
            splits,
            answerer,
            strategy,
            author,
            budget,
            run,
            scoring,
            rules,
            cfg.seed,
            system,
            start=start,
            metric=metric,
            obtained=obtained,
        )
        how = (splits["holdout"], answerer, scoring, cfg.seed, system, obtained)
        kept = {} if cfg.replace else better(path, result, *how)
        for field, one in kept.items():
            if one.holdout:
                run.trial(one.holdout, "holdout")
            run.winner(field, Prompt(one.row.prompt, "collection"), one.holdout.score if one.holdout else one.search)
        replaced = write_rows(path, rows_of(result, kept))
        record = write_record(path, record_of(params, data.digest, splits, result, author))
        run.table("fields", FIELDS, [*table(result)])
        run.metrics(plan.figures(author))
        if calls := plan.calls(author):
            run.table("generator_calls", plan.CALLS, calls)
        run.artifact(path)
        run.artifact(record)
    tables.console().print(show.found(result, f"{cfg.model.name}, {label}, on {data.name}"))
    tables.say(
        *chain_gain.told([one.winner for one in result.fields], scoring),
        tables.asked(answerer),
        *configured.told(cfg, obtained, answerer),
        *plan.summary(cfg, generator, author, result.leaked),
        *map(str, kept.values()),
        *replaced,
        *useless({row.field: row.cer for row in rows_of(result, kept) if row.cer is not None}),
        *(["replace=true takes what was found instead"] if kept else []),
        f"prompts: {tables.shown(path)}",
        "runs: `make ui` or `promptfit ui` opens MLflow; they are under promptfit/search",
    )
    obtained.check()
    return path


def writes(cfg: DictConfig) -> Sequence[Written]:
    """The collection's rows."""
    return rows(cfg, configured.collection_path(cfg, configured.label_of(cfg)), "label")


FIELDS = ("field", "prompt", "cer_holdout", "cer_search", "prompts", "requests")


def requests(cfg: DictConfig, fields: list[Field]) -> int:
    """The budget of the whole search."""
    return int(cfg.budget.requests if cfg.budget.requests is not None else cfg.budget.per_field * len(fields))


def sampled(rules: SearchRules, samples: Sequence[Sample], budget: int, seed: int) -> list[str]:
    """Which fields are searched on a part of their documents, in words."""
    purse = Budget(budget, by_field(samples))
    parts: dict[tuple[int, int], list[str]] = {}
    for field, documents in in_seeded_order(by_field(samples), seed).items():
        sample = SearchSample(field, documents, purse.share(field), rules.runs, rules.least)
        parts.setdefault((len(sample.documents), sample.of), []).append(field.name)
    return [
        f"on {asked} of {of} search documents at first, on more once nothing is left to mend: {', '.join(names)}"
        for (asked, of), names in parts.items()
        if asked < of
    ]


def table(result: SearchResult) -> list[list[object]]:
    """The rows of the run's table, one a field."""
    return [
        [one.field.name, one.prompt.text, one.holdout and one.holdout.cer, one.search.cer, one.proposed, one.requests]
        for one in result.fields
    ]
