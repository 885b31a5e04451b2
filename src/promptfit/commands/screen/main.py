"""`promptfit screen`, stage 0: one look at what models make of one to three images, and whether they are worth more."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path

from omegaconf import DictConfig

from promptfit.commands.screen import keep, plan, screened, show, verdict
from promptfit.commands.shared import tables
from promptfit.commands.shared.answerers import answerer_of
from promptfit.data.images import several_pages
from promptfit.report.screening import Screened, Screening
from promptfit.report.words import words
from promptfit.types import PromptfitError


def main(cfg: DictConfig) -> Path | None:
    """Asks, shows the answers side by side, asks the person what they think, and keeps all of it.

    Returns:
        The page's file; None after `dry_run=true` and after `web=true`.

    Raises:
        PromptfitError: The images, the questions, a model's name, the verdict or the language is at fault, or no
            answerer could answer anything.
    """
    words(cfg.language)
    models = screened.models_of(cfg)
    verdicts = verdict.given(cfg.verdict, list(models))
    if cfg.web:
        from promptfit.commands.screen import web

        web.serve(cfg, models)
        return None
    shown = plan.plan_of(cfg)
    tables.say(*several_pages(shown.typed))
    asked = f"{len(shown.questions)} requests to each of" if len(models) > 1 else f"{len(shown.questions)} requests to"
    if cfg.dry_run:
        tables.say(f"at most {asked} {', '.join(models)}; those answered before are not asked again")
        return None
    found = Screening(datetime.now().astimezone(), shown.questions, ())
    for name, model in models.items():
        tables.say(f"asking {name}: {len(shown.questions)} requests")
        build = partial(answerer_of, cfg)
        candidate = screened.candidate(cfg, name, model, shown.questions, build, shown.data)
        found = replace(found, candidates=(*found.candidates, candidate))
    if not any(one.answers for one in found.candidates):
        raise PromptfitError("; ".join(f"{one.answerer}: {one.cells[0].fault}" for one in found.candidates))
    path = keep.page_of(found)
    keep.write_page(path, found, cfg.language)  # before the verdict: the page may be what decides it
    tables.console().print(show.answers(found))
    tables.console().print(show.summary(found))
    limits = {name: model.answerer.get("max_new_tokens") for name, model in models.items()}
    tables.say(*show.endings(found, limits), f"page: {tables.shown(path)}")
    judged = tuple(_judged(one, verdicts.get(one.answerer), cfg.note) for one in found.candidates)
    found = replace(found, candidates=judged)
    keep.keep(cfg, path, found, judged, shown.data)
    tables.say(
        *(f"{one.answerer}: {one.verdict}{f' ({one.note})' if one.note else ''}" for one in judged),
        f"kept in the page and in {tables.shown(keep.verdicts_file())}; "
        "`make ui` or `promptfit ui` opens the run, under promptfit/screen",
    )
    return path


def _judged(candidate: Screened, given: str | None, note: str | None) -> Screened:
    """With the verdict and the note of the command line, or else of the person at the terminal."""
    if given is not None or not verdict.someone_there():
        kept = given or candidate.verdict
        return replace(candidate, verdict=kept, note="" if note is None else verdict.clean(str(note)))
    judged, typed = verdict.asked(candidate.answerer)
    return replace(candidate, verdict=judged, note=typed if note is None else verdict.clean(str(note)))
