"""The answerers of a screening: composed by name, asked one after the other; a failing one does not stop the others."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from contextlib import closing

from omegaconf import DictConfig

from promptfit.answer.answerer import Answerer
from promptfit.answer.stack import stacked
from promptfit.build import instantiate
from promptfit.commands.shared import configured, models
from promptfit.commands.shared.listed import listed
from promptfit.commands.shared.private_results import privacy_of
from promptfit.data.privacy import Privacy
from promptfit.data.reader import Dataset
from promptfit.paths import resolve
from promptfit.report.screen_cells import ScreenQuestion, cell
from promptfit.report.screening import Screened
from promptfit.types import Answer, NoAnswer, PromptfitError, Request

log = logging.getLogger(__name__)


def models_of(cfg: DictConfig) -> dict[str, DictConfig]:
    """The configs of `models=`, by their names, or the one of `model=`; what was typed over that one stays.

    Raises:
        PromptfitError: There is no such config, or it does not compose.
    """
    if cfg.models is None:
        return {cfg.model.name: cfg.model}
    names = [str(name) for name in listed(cfg.models)]
    if not names:
        raise PromptfitError("models=[]: name at least one config of conf/model, or leave models= out")
    return {name: cfg.model if name == cfg.model.name else models.composed("models", name) for name in names}


def built(model: DictConfig) -> Answerer:
    """The answerer of a config of conf/model."""
    answerer: Answerer = instantiate(model.answerer)
    return answerer


def candidate(
    cfg: DictConfig,
    name: str,
    model: DictConfig,
    questions: Sequence[ScreenQuestion],
    build: Callable[[DictConfig], Answerer] = built,
    data: Dataset | None = None,
) -> Screened:
    """Asks one answerer everything; kept answers are not asked again.

    Args:
        cfg: With `reader`, `chain` and `store`.
        name: How the answerer is called.
        model: Its config.
        questions: What to ask.
        build: Makes the answerer; what it raises stands in the cells.
        data: The data set that the questions are from, if they are.
    """
    said = _answers(cfg, model, questions, build, privacy_of(cfg, data))
    scoring = configured.scoring_of(cfg)
    return Screened(name, tuple(cell(one, answer, scoring) for one, answer in zip(questions, said, strict=True)))


def _answers(
    cfg: DictConfig,
    model: DictConfig,
    questions: Sequence[ScreenQuestion],
    build: Callable[[DictConfig], Answerer],
    privacy: Privacy,
) -> list[Answer | NoAnswer]:
    """An answer a question, or why there is none; what comes before a fault stays."""
    answers: dict[int, Answer | NoAnswer] = {}
    system = str(model.system)
    requests = [Request(one.image, one.image_digest, one.text, system, schema=one.schema) for one in questions]
    why = ""
    try:
        with closing(stacked(build(model), resolve(cfg.store), privacy)) as answerer:
            answers.update(answerer.answer(requests))
    except PromptfitError as error:
        why = str(error)
    except Exception as error:  # a model's own code raises whatever it likes, and the other answerers are still to come
        log.debug("%s failed", model.name, exc_info=True)
        why = f"{type(error).__name__}: {error}".splitlines()[0]
    return [answers.get(place, NoAnswer(why)) for place in range(len(requests))]
