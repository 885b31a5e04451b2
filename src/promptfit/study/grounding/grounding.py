"""The whole study of where a model looks: clean answers, their attention, and the answers to covered images."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from promptfit.answer.answerer import Answerer
from promptfit.answer.attending import Attending, Gaze, NoAttention
from promptfit.evaluate.ask import ask, nothing, request_of
from promptfit.evaluate.scoring import Scoring
from promptfit.study.grounding.attention_in_box import Glance, glance
from promptfit.study.grounding.occluder import Cover
from promptfit.study.grounding.occlusion import GroundingQuestion, Looked, looked
from promptfit.types import NoAnswer, Prompt, Request

log = logging.getLogger(__name__)

GENERIC = "Write a general description of the image."
"""Asks for nothing in particular; arXiv 2502.17422 has this one."""


@dataclass(frozen=True, slots=True)
class Looker:
    """Who is asked."""

    answerer: Answerer
    """Usually with kept answers."""
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


def planned(questions: Sequence[GroundingQuestion]) -> int:
    """The requests that a study takes."""
    return sum(1 + 2 * len(one.covers) for one in questions)


def look(
    questions: Sequence[GroundingQuestion],
    looker: Looker,
    scoring: Scoring,
    seen: Callable[[], None] = nothing,
    told: Callable[[str], None] = lambda _: None,
) -> Found:
    """Asks every question of the clean image and of each covered one; attention is measured where it is given.

    Deterministic in the arguments and the answers: over kept answers an interrupted study ends the same. Attention is
    not kept but measured again, which takes no longer than answering (``python -m benchmarks look``).

    Args:
        questions: As ``occlusion.questions`` gives them.
        looker: Who is asked.
        scoring: How answers are read and compared.
        seen: Called as each answer arrives.
        told: Called with how far it is.

    Raises:
        Unanswered: Some answers could not be obtained; the others are kept.
    """
    told("the clean images")
    pairs = [(Prompt(one.prompt), one.sample) for one in questions]
    clean = ask(looker.answerer, pairs, scoring, looker.system, seen)
    told("attention to the clean images")
    glances, why, failed = _glances(questions, [one.answer.text for one in clean], looker)
    told("images with places covered")
    shown = [
        (prompt, replace(sample, alteration=cover))
        for (prompt, sample), one in zip(pairs, questions, strict=True)
        for cover in _covers(one)
    ]
    said = iter(ask(looker.answerer, shown, scoring, looker.system, seen))
    answers = []
    for place, one in enumerate(questions):
        own = [(next(said).reading.value, next(said).reading.value) for _ in one.covers]
        answers.append(replace(looked(one, clean[place], own, scoring.chain), glance=glances.get(place)))
    left_out = {"attention failed": failed} if failed else {}
    return Found(answers, why, left_out, len(pairs) + len(shown))


def gazes(questions: Sequence[GroundingQuestion], answers: Sequence[str], looker: Looker) -> dict[int, Gaze]:
    """The whole maps of a few answers, for pictures."""
    if not isinstance(looker.model, Attending):
        return {}
    attended = looker.model.attend(_requests(questions, looker), answers, looker.generic)
    return {place: gaze for place, gaze in attended if isinstance(gaze, Gaze)}


def _glances(
    questions: Sequence[GroundingQuestion], answers: Sequence[str], looker: Looker
) -> tuple[dict[int, Glance], str, int]:
    """Glances by place; why there are none; and how many failed."""
    if not isinstance(looker.model, Attending):
        return {}, f"{type(looker.model).__name__} gives no attention; checkpoints on this machine do (transformers)", 0
    found: dict[int, Glance] = {}
    failures: list[NoAnswer] = []
    try:
        for place, gaze in looker.model.attend(_requests(questions, looker), answers, looker.generic):
            one = questions[place]
            if isinstance(gaze, NoAnswer):
                failures.append(gaze)
            elif one.sample.box:
                found[place] = glance(gaze, one.sample.box, one.size)
    except NoAttention as error:
        return {}, str(error), 0
    if failures:
        log.warning("no attention for %d answers; the first: %s", len(failures), failures[0].reason)
    return found, failures[0].reason if failures and not found else "", len(failures)


def _covers(question: GroundingQuestion) -> list[Cover]:
    return [cover for pair in question.covers for cover in (pair.here, pair.elsewhere)]


def _requests(questions: Sequence[GroundingQuestion], looker: Looker) -> list[Request]:
    return [request_of(Prompt(one.prompt), one.sample, looker.system) for one in questions]
