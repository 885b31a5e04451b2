"""`promptfit look`, stage 3: does the model look at the right place, and does the answer depend on it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from omegaconf import DictConfig

from promptfit.commands.look import plan, show
from promptfit.commands.look.keep import keep
from promptfit.commands.shared import configured, other_data, quote, tables
from promptfit.commands.shared.answerers import answerer_of
from promptfit.commands.shared.private_results import privacy_of
from promptfit.commands.shared.study_plan import number_of, plan_of
from promptfit.commands.shared.written import Written
from promptfit.study.grounding.grounding import gazes, look, planned
from promptfit.study.grounding.grounding_record import record_of
from promptfit.study.grounding.overlays import draw, telling
from promptfit.study.records import study_file
from promptfit.study.records.look_json import Overlay
from promptfit.support.console.progress import Progress


def main(cfg: DictConfig) -> Path | None:
    """Covers places, asks again, measures attention, and writes what each answer depends on.

    Returns:
        The study's file; None after `dry_run=true`.
    """
    from promptfit.tracking import open_run

    scoring, fills, count = configured.scoring_of(cfg), plan.fills_of(cfg), number_of(cfg, "overlays")
    data = configured.load_data(cfg)
    other_data.check(cfg, data, plan.folder(cfg) / "look.json")
    study = plan_of(cfg, data)
    questions, left_out = plan.questions_of(cfg, study, data.samples, fills)
    tables.say(*(f"careful: {warning}" for warning in study.warnings), *show.left_out(left_out))
    tables.say(*show.unattended(answerer_of(cfg)))
    if cfg.dry_run:
        tables.say(*show.plan(cfg.model.name, study, questions, fills))
        tables.say(*quote.answers(cfg, planned(questions), [one.sample for one in questions]))
        return None
    (looker, kept), obtained = plan.looker_of(cfg, data), configured.obtained_of(cfg)
    used, folder = configured.data_used(cfg, data), plan.folder(cfg)
    params = plan.params(cfg, study, fills)
    stays, name = privacy_of(cfg, data).stays, f"{cfg.model.name}: {len(fills)} fills"
    with open_run("look", study.identity(cfg), params, used, name, stays=stays) as run:
        with Progress(planned(questions), words="requests") as bar:
            found = look(questions, looker, scoring, seen=bar.advance, told=bar.at, obtained=obtained)
        drawn = telling(found.answers, count, cfg.seed)

        def overlays(layer: int | None) -> list[Overlay]:
            asked, said = [one.question for one in drawn], [one.clean.answer.text for one in drawn]
            return draw(folder, drawn, {} if layer is None else gazes(asked, said, looker), layer)

        source = plan.source(cfg, data.digest, study, {**left_out, **found.left_out}, found, run.run_id)
        record = record_of(found, source, fills, bool(cfg.model.get("attention_taught", False)), overlays)
        file = folder / "look.json"
        study_file.write(file, record)
        keep(run, found, record, [file, *sorted((folder / "look").glob("*.png"))])
    tables.console().print(show.table(record))
    tables.say(*show.summary(record), *configured.told(cfg, obtained, kept), tables.asked(kept), *show.places(file))
    obtained.check()
    return file


def writes(cfg: DictConfig) -> Sequence[Written]:
    """All of the folder."""
    return [Written(plan.folder(cfg))]
