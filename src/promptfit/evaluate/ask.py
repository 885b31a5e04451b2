"""Asks prompts of samples in one call, and scores what comes back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from promptfit.answer.answerer import Answerer
from promptfit.evaluate.scoring import Scoring
from promptfit.score.aggregate import pool
from promptfit.score.metrics import CER, Metric
from promptfit.types import Answer, Field, NoAnswer, Prompt, PromptfitError, Request, Sample, Scored, Trial

Pair = tuple[Prompt, Sample]


class Unanswered(PromptfitError):
    """Requests that got no answer, each for a reason of its own. They are never scored.

    Attributes:
        failures: Reason by index of the request.
    """

    def __init__(self, failures: Mapping[int, str], requests: Sequence[Request]) -> None:
        self.failures = dict(failures)
        first = min(self.failures)
        super().__init__(
            f"{len(self.failures)} of {len(requests)} requests got no answer; the first: {requests[first].image}, "
            f"prompt {requests[first].prompt[:80]!r}: {self.failures[first]}. "
            "Mend that and run again: what was answered is kept"
        )


def nothing() -> None:
    """The progress of whoever does not watch."""


def ask(
    answerer: Answerer,
    pairs: Sequence[Pair],
    scoring: Scoring,
    system: str = "",
    seen: Callable[[], None] = nothing,
) -> list[Scored]:
    """Asks every pair in one call of the answerer, ordered by image, so that a shared image is encoded once.

    Args:
        answerer: The VLM under test, with kept answers or without.
        pairs: The prompts and the samples that they are asked of.
        scoring: How answers are read and compared.
        system: The configuration's system prompt.
        seen: Called as each answer arrives.

    Returns:
        One scored sample a pair, in the order of the pairs.

    Raises:
        Unanswered: Some answers could not be obtained, which is never scored as a bad answer; the others are kept.
    """
    order = sorted(range(len(pairs)), key=lambda index: pairs[index][1].image_digest)
    requests = [request_of(*pairs[index], system) for index in order]
    answers: dict[int, Answer] = {}
    failures: dict[int, str] = {}
    for position, said in answerer.answer(requests) if requests else ():
        if isinstance(said, NoAnswer):
            failures[position] = said.reason
        else:
            answers[order[position]] = said
            seen()
    if failures:
        raise Unanswered(failures, requests)
    return scoring.scored([sample for _, sample in pairs], [answers[index] for index in range(len(pairs))])


def measure(
    prompts: Mapping[Field, Prompt],
    samples: Mapping[Field, Sequence[Sample]],
    answerer: Answerer,
    scoring: Scoring,
    seed: int = 0,
    system: str = "",
    seen: Callable[[], None] = nothing,
    metric: Metric = CER,
) -> list[Trial]:
    """Asks one prompt a field on all of the field's samples, once, without race or budget.

    Returns:
        A finished trial for every field that has samples, in the order of ``prompts``.
    """
    fields = [field for field in prompts if samples.get(field)]
    scored = iter(ask(answerer, [(prompts[f], s) for f in fields for s in samples[f]], scoring, system, seen))
    trials = []
    for field in fields:
        own = tuple(next(scored) for _ in samples[field])
        score = pool(own, seed, metric=metric)
        trials.append(Trial(field, prompts[field], 0, score, own, finished=True, requests=len(own)))
    return trials


def request_of(prompt: Prompt, sample: Sample, system: str) -> Request:
    """The request that asks a prompt of a sample."""
    return Request(sample.image, sample.image_digest, prompt.text, system, sample.alteration)
