"""`promptfit stress`, stage 3: what corrupted images cost the best prompts, and which errors they bring."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from omegaconf import DictConfig

from promptfit.commands.shared import configured, other_data, quote, tables
from promptfit.commands.shared.private_results import privacy_of
from promptfit.commands.shared.study_plan import number_of, plan_of
from promptfit.commands.shared.written import Written
from promptfit.commands.stress import keep, plan, show
from promptfit.study.errors.classify import errors_record, worst_of
from promptfit.study.robustness.robustness_study import run_stress
from promptfit.study.robustness.stress_record import stress_record
from promptfit.study.robustness.worst import keep_worst
from promptfit.support.console.progress import Progress


def main(cfg: DictConfig) -> Path | None:
    """Asks under every condition, writes what that costs and which errors it brings, and says where the files are.

    Returns:
        The study's file; None after `dry_run=true`.
    """
    from promptfit.tracking import open_run

    scoring, threshold, severities = configured.scoring_of(cfg), plan.threshold_of(cfg), plan.severities_of(cfg)
    baseline, worst = plan.baseline_of(cfg), number_of(cfg, "worst")
    data = configured.load_data(cfg)
    other_data.check(cfg, data, plan.folder(cfg) / "stress.json")
    study = plan_of(cfg, data)
    conditions = plan.conditions_of(cfg)
    tables.say(*(f"careful: {warning}" for warning in study.warnings))
    total = (1 + len(conditions)) * len(study.samples)
    if cfg.dry_run:
        augmentations = len(conditions) // len(severities)
        tables.say(*show.plan(cfg.model.name, cfg.baseline, study, augmentations, len(severities)))
        tables.say(*quote.answers(cfg, (1 + len(conditions)) * study.requests, study.samples))
        return None
    asked = [plan.asked_of(cfg, data, one) for one in (cfg.model, baseline) if one is not None]
    questions, obtained = plan.questions_of(study, data.samples), configured.obtained_of(cfg)
    params, used = plan.params(cfg, study), configured.data_used(cfg, data)
    name = f"{cfg.model.name}: {len(conditions)} conditions"
    with open_run("stress", study.identity(cfg), params, used, name, stays=privacy_of(cfg, data).stays) as run:
        with Progress(total * len(asked), words="answers") as bar:
            found = run_stress(questions, conditions, asked, scoring, run, cfg.seed, bar.advance, bar.at, obtained)
        source = study.source(cfg, "stress", data.digest, run.run_id, found.requests)
        record = stress_record(found, source, cfg.baseline, threshold)
        folder = plan.folder(cfg)
        shown = keep_worst(folder, worst_of(found.reads, worst), conditions, scoring.chain)
        errors = errors_record(found.reads, source, scoring.chain, cfg.seed, shown)
        files = keep.write(folder, found, record, errors)
        keep.keep(run, found, record, [*files, *sorted((folder / "worst").glob("*.png"))])
    tables.console().print(show.table(record))
    tables.say(*show.summary(record), *configured.told(cfg, obtained, asked[0].answerer))
    tables.say(*(tables.asked(one.answerer, one.name) for one in asked))
    tables.say(*show.places(files, len(shown)))
    return files[0]


def writes(cfg: DictConfig) -> Sequence[Written]:
    """All of the folder."""
    return [Written(plan.folder(cfg))]
