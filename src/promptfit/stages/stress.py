"""`promptfit stress`, stage 3: what corrupted images cost the best prompts, and which errors they bring."""

from __future__ import annotations

from pathlib import Path

from omegaconf import DictConfig

from promptfit.answer.altered import Recipe
from promptfit.score.normalize import Chain
from promptfit.search.progress import Progress
from promptfit.stages import quote, setting, show, stress_keep, stress_plan, stress_show
from promptfit.stages.study_plan import plan_of
from promptfit.study.errors import errors_record, worst_of
from promptfit.study.stress import run_stress
from promptfit.study.stress_record import stress_record
from promptfit.study.worst import keep_worst


def main(cfg: DictConfig) -> Path | None:
    """Asks under every condition, writes what that costs and which errors it brings, and says where the files are.

    Returns:
        The study's file; None after `dry_run=true`.
    """
    from promptfit.tracking import open_run

    chain, threshold, severities = Chain(cfg.chain), stress_plan.threshold_of(cfg), stress_plan.severities_of(cfg)
    baseline, worst = stress_plan.baseline_of(cfg), stress_plan.worst_of(cfg)
    data = setting.load_data(cfg)
    plan = plan_of(cfg, data)
    conditions = stress_plan.conditions_of(cfg)
    show.say(*data.warnings, *(f"careful: {warning}" for warning in plan.warnings))
    total = (1 + len(conditions)) * len(plan.samples)
    if cfg.dry_run:
        augmentations = len(conditions) // len(severities)
        show.say(*stress_show.plan(cfg.model.name, cfg.baseline, plan, augmentations, len(severities)))
        show.say(*quote.answers(cfg, total, plan.samples))
        return None
    recipes: dict[str, Recipe] = {}
    asked = [stress_plan.asked_of(cfg, recipes, one) for one in (cfg.model, baseline) if one is not None]
    questions = stress_plan.questions_of(plan, data.samples)
    params, used = stress_plan.params(cfg, plan), setting.data_used(cfg, data)
    name = f"{cfg.model.name}: {len(conditions)} conditions"
    with open_run("stress", stress_plan.identity(cfg, plan), params, used, name) as run:
        with Progress(total * len(asked), words="requests") as bar:
            found = run_stress(questions, conditions, asked, recipes, chain, run, cfg.seed, bar.advance, bar.at)
        source = plan.source(cfg, "stress", data.digest, run.run_id, found.requests)
        record = stress_record(found, source, cfg.baseline, threshold)
        folder = stress_plan.folder(cfg)
        shown = keep_worst(folder, worst_of(found.reads, worst), conditions, chain)
        errors = errors_record(found.reads, source, chain, cfg.seed, shown)
        files = stress_keep.write(folder, found, record, errors)
        stress_keep.keep(run, found, record, [*files, *sorted((folder / "worst").glob("*.png"))])
    show.console().print(stress_show.table(record))
    show.say(*stress_show.summary(record), *(stress_show.asked(one.answerer, one.name) for one in asked))
    show.say(*stress_show.places(files, len(shown)))
    return files[0]
