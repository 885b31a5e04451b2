"""`promptfit select`, stage 2: the best prompt of every field out of all collections of one answerer."""

from __future__ import annotations

from pathlib import Path

from omegaconf import DictConfig

from promptfit.data.split import split
from promptfit.score.normalize import Chain
from promptfit.search.progress import Progress
from promptfit.search.run import by_field
from promptfit.select.baselines import with_baselines
from promptfit.select.evaluate import planned
from promptfit.select.recording import record_of
from promptfit.select.run import SPLITS, run_select
from promptfit.stages import quote, select_plan, select_show, setting, show
from promptfit.stages.select_keep import keep, write
from promptfit.tracking.provenance import git_commit


def main(cfg: DictConfig) -> Path | None:
    """Selects, writes the best collection with all that belongs to it, and says how sure the choice is.

    Returns:
        The best collection's file; None after `dry_run=true`.
    """
    from promptfit.tracking import open_run

    rules, chain = select_plan.rules_of(cfg), Chain(cfg.chain)
    data = setting.load_data(cfg)
    gathered = select_plan.candidates_of(cfg, setting.fields_of(cfg, data))
    splits = setting.limited(split(data, SPLITS, cfg.seed, cfg.overlap), list(gathered.fields))
    gathered = select_plan.unseen(cfg, gathered, splits["test"])
    baselines = select_plan.baselines_of(cfg, gathered, data.samples)
    candidates = with_baselines(gathered, baselines)
    on_select = planned(candidates.fields, by_field(splits["select"]))
    on_test = (3 + len(baselines)) * len(splits["test"])  # chosen, mixed, the single label's
    show.say(*data.warnings, *(f"careful: {warning}" for warning in candidates.warnings))
    if cfg.dry_run:
        show.say(*select_show.plan(cfg.model.name, candidates, on_select, on_test, rules.racing.on))
        show.say(*quote.answers(cfg, on_select + on_test, data.samples))
        return None
    answerer, params = setting.kept_answerer(cfg), select_plan.params(cfg, rules.racing.on, candidates)
    used, config = setting.data_used(cfg, data), select_plan.identity(cfg, candidates)
    with open_run("select", config, params, used, f"{cfg.model.name}: {len(candidates.labels)} labels") as run:
        with Progress(on_select + on_test, words="requests at most") as bar:
            found = run_select(
                candidates, baselines, splits, answerer, chain, rules, cfg.seed, cfg.model.system, seen=bar.advance
            )
        record = record_of(found, candidates, params, data.digest, git_commit(), setting.command("select"))
        files = write(select_plan.folder(cfg), data, found, record)
        keep(run, found, record, files)
    show.console().print(select_show.table(record))
    show.say(*select_show.summary(record, found), *select_show.asked(answerer), *select_show.places(files))
    return files[0]
