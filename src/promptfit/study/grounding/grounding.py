"""The whole study of where a model looks: clean answers, their attention, and the answers to covered images."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from promptfit.answer.altered import Recipe
from promptfit.answer.answerer import Answerer, Unanswered
from promptfit.answer.attending import Attending, Gaze, NoAttention
from promptfit.evaluate.ask import ask, nothing
from promptfit.score.normalize import Chain
from promptfit.study.grounding.attention_in_box import Glance, glance
from promptfit.study.grounding.occlusion import GroundingQuestion, Looked, looked
from promptfit.types import Prompt, Request

log = logging.getLogger(__name__)

GENERIC = "Write a general description of the image."
"""Asks for nothing in particular; arXiv 2502.17422 has this one."""


@dataclass(frozen=True, slots=True)
class Looker:
    """Who is asked."""

    answerer: Answerer
    """Of altered images (``recipes``), usually with kept answers."""
    model: object
    """The answerer itself; it is asked for its attention if it is ``Attending``."""
    system: str = ""
    generic: str = GENERIC
    """The prompt that attention is relative to."""


@dataclass(frozen=True, slots=True)
class Found:
    """What the study found."""

    answers: Sequence[Looked]
    no_attention: str
    """Why there is no attention; empty where there is some."""
    left_out: Mapping[str, int]
    """Answers without attention, where others have it, by the reason."""
    requests: int
    """Logical requests."""


def recipes(questions: Sequence[GroundingQuestion]) -> dict[str, Recipe]:
    """What each cover's name does to an image."""
    both = [cover for one in questions for pair in one.covers for cover in (pair.here, pair.elsewhere)]
    return {cover.name: cover for cover in both}


def planned(questions: Sequence[GroundingQuestion]) -> int:
    """The requests that a study takes."""
    return sum(1 + 2 * len(one.covers) for one in questions)


def look(
    questions: Sequence[GroundingQuestion],
    looker: Looker,
    chain: Chain,
    seen: Callable[[], None] = nothing,
    told: Callable[[str], None] = lambda _: None,
) -> Found:
    """Asks every question of the clean image and of each covered one; attention is measured where it is given.

    Deterministic in the arguments and the answers: over kept answers an interrupted study ends the same. Attention is
    not kept but measured again, which takes no longer than answering (``python -m benchmarks look``).

    Args:
        questions: As ``occlusion.questions`` gives them.
        looker: Who is asked.
        chain: The normalisation of truth and answer.
        seen: Called as each answer arrives.
        told: Called with how far it is.

    Raises:
        Unanswered: Some answers could not be obtained; the others are kept.
    """
    told("the clean images")
    pairs = [(Prompt(one.prompt), one.sample) for one in questions]
    clean = ask(looker.answerer, pairs, chain, looker.system, seen)
    told("attention to the clean images")
    glances, why, failed = _glances(questions, [one.answer.text for one in clean], looker)
    told("images with places covered")
    shown = [(pair, cover) for pair, one in zip(pairs, questions, strict=True) for cover in _names(one)]
    names = [name for _, name in shown]
    said = iter(ask(looker.answerer, [pair for pair, _ in shown], chain, looker.system, seen, names))
    answers = []
    for place, one in enumerate(questions):
        own = [(next(said).answer.text, next(said).answer.text) for _ in one.covers]
        answers.append(replace(looked(one, clean[place], own, chain), glance=glances.get(place)))
    left_out = {"attention failed": failed} if failed else {}
    return Found(answers, why, left_out, len(pairs) + len(shown))


def gazes(questions: Sequence[GroundingQuestion], answers: Sequence[str], looker: Looker) -> dict[int, Gaze]:
    """The whole maps of a few answers, for pictures."""
    if not isinstance(looker.model, Attending):
        return {}
    return dict(looker.model.attend(_requests(questions, looker), answers, looker.generic))


def _glances(
    questions: Sequence[GroundingQuestion], answers: Sequence[str], looker: Looker
) -> tuple[dict[int, Glance], str, int]:
    """Glances by place; why there are none; and how many failed."""
    if not isinstance(looker.model, Attending):
        return {}, f"{type(looker.model).__name__} gives no attention; checkpoints on this machine do (transformers)", 0
    found: dict[int, Glance] = {}
    try:
        for place, gaze in looker.model.attend(_requests(questions, looker), answers, looker.generic):
            one = questions[place]
            if one.sample.box:
                found[place] = glance(gaze, one.sample.box, one.size)
    except NoAttention as error:
        return {}, str(error), 0
    except Unanswered as error:
        log.warning("no attention for some answers: %s", error)
        return found, "" if found else str(error), len(error.failures)
    return found, "", 0


def _names(question: GroundingQuestion) -> list[str]:
    return [cover.name for pair in question.covers for cover in (pair.here, pair.elsewhere)]


def _requests(questions: Sequence[GroundingQuestion], looker: Looker) -> list[Request]:
    return [Request(one.sample.image, one.sample.image_digest, one.prompt, looker.system) for one in questions]
