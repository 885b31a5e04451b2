"""The whole study of where a model looks: clean answers, their attention, and the answers to covered images."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from promptfit.answer.answerer import Answerer
from promptfit.answer.attending import Attending, Gaze, NoAttention
from promptfit.evaluate.ask import Seen, asked, nothing, request_of
from promptfit.evaluate.obtained import Obtained
from promptfit.evaluate.scoring import Scoring
from promptfit.study.grounding.attention_in_box import Glance, glance
from promptfit.study.grounding.influence import influence_of
from promptfit.study.grounding.occluder import Cover
from promptfit.study.grounding.occlusion import GroundingQuestion, Looked, looked
from promptfit.study.records.look_json import Influence
from promptfit.types import NoAnswer, Prompt, PromptfitError, Request, Scored

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
    influence: Sequence[Influence] = ()
    """Of records: which other fields change."""


def planned(questions: Sequence[GroundingQuestion]) -> int:
    """The requests that a study takes; fields of one record share the clean image's."""
    clean = {(one.sample.shown_digest, one.prompt) for one in questions}
    return len(clean) + sum(2 * len(one.covers) for one in questions)


def look(
    questions: Sequence[GroundingQuestion],
    looker: Looker,
    scoring: Scoring,
    seen: Seen = nothing,
    told: Callable[[str], None] = lambda _: None,
    obtained: Obtained | None = None,
) -> Found:
    """Asks every question of the clean image and of each covered one; attention is measured where it is given.

    A question that gets no answer to any of its images is left out.
    Deterministic in the arguments and the answers: over kept answers an interrupted study ends the same. Attention is
    not kept but measured again, which takes no longer than answering (``python -m benchmarks look``).

    Args:
        questions: As ``occlusion.questions`` gives them.
        looker: Who is asked.
        scoring: How answers are read and compared.
        seen: Called as each answer arrives.
        told: Called with how far it is.
        obtained: Keeps the books.

    Raises:
        PromptfitError: No question was answered of all its images; what was answered is kept.
    """
    told("the clean images")
    obtained = obtained or Obtained()
    obtained.expect(one.sample for one in questions)
    all_clean = asked(
        looker.answerer,
        [(Prompt(one.prompt), one.sample) for one in questions],
        scoring,
        obtained,
        looker.system,
        seen,
    )
    whole = questions
    questions = [one for one, said in zip(questions, all_clean, strict=True) if _told(one, said, obtained)]
    clean = [said for said in all_clean if isinstance(said, Scored)]
    pairs = [(Prompt(one.prompt), one.sample) for one in questions]
    told("attention to the clean images")
    glances, why, failed = _glances(questions, [one.answer.text for one in clean], looker)
    told("images with places covered")
    shown = [
        (prompt, replace(sample, alteration=cover))
        for (prompt, sample), one in zip(pairs, questions, strict=True)
        for cover in _covers(one)
    ]
    said = iter(asked(looker.answerer, shown, scoring, obtained, looker.system, seen))
    answers = []
    for place, one in enumerate(questions):
        got = [next(said) for _ in _covers(one)]
        had = [own for own in got if _told(one, own, obtained) and isinstance(own, Scored)]
        if len(had) == len(got):
            values, covered = [own.reading.value for own in had], tuple(own.answer.text for own in had[::2])
            found = looked(one, clean[place], list(zip(values[::2], values[1::2], strict=True)), scoring.chain)
            answers.append(replace(found, glance=glances.get(place), covered_texts=covered))
    if not answers:
        raise PromptfitError(f"there is no answer to look at: {'; '.join(obtained.lines())}")
    left_out = {"attention failed": failed} if failed else {}
    if missing := len(whole) - len(answers):
        left_out["no answer"] = missing
    return Found(answers, why, left_out, planned(whole), influence_of(answers, scoring))


def _told(question: GroundingQuestion, said: Scored | NoAnswer, obtained: Obtained) -> bool:
    """Whether there is an answer; if not, the books say so."""
    if isinstance(said, NoAnswer):
        obtained.leave(question.sample, said.reason)
    return isinstance(said, Scored)


def gazes(questions: Sequence[GroundingQuestion], answers: Sequence[str], looker: Looker) -> dict[int, Gaze]:
    """The whole maps of a few answers, for pictures."""
    if not isinstance(looker.model, Attending):
        return {}
    attended = looker.model.attend(_requests(questions, looker), answers, looker.generic)
    return {place: gaze for place, gaze in attended if isinstance(gaze, Gaze)}


def unattended(model: object) -> str:
    """Why an answerer gives no attention, as far as that is known before it is asked; empty where it may."""
    if isinstance(model, Attending):
        return ""
    return f"{type(model).__name__} gives no attention; checkpoints on this machine do (transformers)"


def _glances(
    questions: Sequence[GroundingQuestion], answers: Sequence[str], looker: Looker
) -> tuple[dict[int, Glance], str, int]:
    """Glances by place; why there are none; and how many failed."""
    if not isinstance(looker.model, Attending):
        return {}, unattended(looker.model), 0
    if any(one.sample.record for one in questions):
        return {}, "attention is of a whole answer, and a record's holds all fields; ask=fields measures it", 0
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
