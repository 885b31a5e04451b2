"""`promptfit screen`, stage 0: one look at what models make of one to three images, and whether they are worth more."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path

from omegaconf import DictConfig

from promptfit.report.screening import Candidate, Screening
from promptfit.report.words import words
from promptfit.stages import screen_ask, screen_keep, screen_plan, screen_show, screen_verdict, show
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
    models = screen_ask.models_of(cfg)
    verdicts = screen_verdict.given(cfg.verdict, list(models))
    if cfg.web:
        from promptfit.stages import screen_web

        screen_web.serve(cfg, models)
        return None
    plan = screen_plan.plan_of(cfg)
    show.say(*plan.warnings)
    asked = f"{len(plan.questions)} requests to each of" if len(models) > 1 else f"{len(plan.questions)} requests to"
    if cfg.dry_run:
        show.say(f"at most {asked} {', '.join(models)}; those answered before are not asked again")
        return None
    screening = Screening(datetime.now().astimezone(), plan.questions, ())
    for name, model in models.items():
        show.say(f"asking {name}: {len(plan.questions)} requests")
        build = partial(screen_ask.trusted, cfg, [] if plan.drawn else [one.image for one in plan.questions])
        candidate = screen_ask.candidate(cfg, name, model, plan.questions, build)
        screening = replace(screening, candidates=(*screening.candidates, candidate))
    if not any(one.answers for one in screening.candidates):
        raise PromptfitError("; ".join(f"{one.answerer}: {one.cells[0].fault}" for one in screening.candidates))
    path = screen_keep.page_of(screening)
    screen_keep.write_page(path, screening, cfg.language)  # before the verdict: the page may be what decides it
    show.console().print(screen_show.answers(screening))
    show.console().print(screen_show.summary(screening))
    show.say(f"page: {show.shown(path)}")
    judged = tuple(_judged(one, verdicts.get(one.answerer), cfg.note) for one in screening.candidates)
    screening = replace(screening, candidates=judged)
    screen_keep.keep(cfg, path, screening, judged, plan.data)
    show.say(
        *(f"{one.answerer}: {one.verdict}{f' ({one.note})' if one.note else ''}" for one in judged),
        f"kept in the page and in {show.shown(screen_keep.verdicts_file())}; "
        "`make ui` or `promptfit ui` opens the run, under promptfit/screen",
    )
    return path


def _judged(candidate: Candidate, verdict: str | None, note: str | None) -> Candidate:
    """With the verdict and the note of the command line, or else of the person at the terminal."""
    if verdict is not None or not screen_verdict.someone_there():
        kept = verdict or candidate.verdict
        return replace(candidate, verdict=kept, note="" if note is None else screen_verdict.clean(str(note)))
    verdict, typed = screen_verdict.asked(candidate.answerer)
    return replace(candidate, verdict=verdict, note=typed if note is None else screen_verdict.clean(str(note)))
