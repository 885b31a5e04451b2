"""`promptfit look`, stage 3: does the model look at the right place, and does the answer depend on it."""

from __future__ import annotations

from pathlib import Path

from omegaconf import DictConfig

from promptfit.score.normalize import Chain
from promptfit.search.progress import Progress
from promptfit.stages import look_plan, look_show, quote, setting, show
from promptfit.stages.look_keep import keep
from promptfit.stages.study_plan import plan_of
from promptfit.study import record_file
from promptfit.study.look import gazes, look, planned
from promptfit.study.look_record import record_of
from promptfit.study.overlays import draw, telling
from promptfit.study.record import Overlay


def main(cfg: DictConfig) -> Path | None:
    """Covers places, asks again, measures attention, and writes what each answer depends on.

    Returns:
        The study's file; None after `dry_run=true`.
    """
    from promptfit.tracking import open_run

    chain, fills, count = Chain(cfg.chain), look_plan.fills_of(cfg), look_plan.overlays_of(cfg)
    data = setting.load_data(cfg)
    plan = plan_of(cfg, data)
    questions, left_out = look_plan.questions_of(cfg, plan, data.samples, fills)
    show.say(*data.warnings, *(f"careful: {warning}" for warning in plan.warnings), *look_show.left_out(left_out))
    if cfg.dry_run:
        show.say(*look_show.plan(cfg.model.name, plan, questions, fills))
        show.say(*quote.answers(cfg, planned(questions), [one.sample for one in questions]))
        return None
    looker, kept = look_plan.looker_of(cfg, questions)
    used, folder = setting.data_used(cfg, data), look_plan.folder(cfg)
    params = look_plan.params(cfg, plan, fills)
    with open_run("look", look_plan.identity(cfg, plan), params, used, f"{cfg.model.name}: {len(fills)} fills") as run:
        with Progress(planned(questions), words="requests") as bar:
            found = look(questions, looker, chain, seen=bar.advance, told=bar.at)
        drawn = telling(found.answers, count, cfg.seed)

        def overlays(layer: int | None) -> list[Overlay]:
            asked, said = [one.question for one in drawn], [one.clean.answer.text for one in drawn]
            return draw(folder, drawn, {} if layer is None else gazes(asked, said, looker), layer)

        source = look_plan.source(cfg, data.digest, plan, {**left_out, **found.left_out}, found, run.run_id)
        record = record_of(found, source, fills, bool(cfg.model.get("attention_taught", False)), overlays)
        file = folder / "look.json"
        record_file.write(file, record)
        keep(run, found, record, [file, *sorted((folder / "look").glob("*.png"))])
    show.console().print(look_show.table(record))
    show.say(*look_show.summary(record), look_show.asked(kept), *look_show.places(file))
    return file
