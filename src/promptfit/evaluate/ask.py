"""Asks prompts of samples in one call, and scores what comes back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from promptfit.answer.answerer import Answerer
from promptfit.score.aggregate import pool
from promptfit.score.cer import count
from promptfit.score.metrics import CER, Metric
from promptfit.score.normalize import Chain
from promptfit.types import Answer, Field, Prompt, Request, Sample, Scored, Trial

Pair = tuple[Prompt, Sample]


def nothing() -> None:
    """The progress of whoever does not watch."""


def ask(
    answerer: Answerer,
    pairs: Sequence[Pair],
    chain: Chain,
    system: str = "",
    seen: Callable[[], None] = nothing,
    augmentations: Sequence[str] | None = None,
) -> list[Scored]:
    """Asks every pair in one call of the answerer, ordered by image, so that a shared image is encoded once.

    Args:
        answerer: The VLM under test, with kept answers or without.
        pairs: The prompts and the samples that they are asked of.
        chain: The normalisation of truth and answer.
        system: The configuration's system prompt.
        seen: Called as each answer arrives.
        augmentations: What each pair's image goes through first; what its sample says if left out.

    Returns:
        One scored sample a pair, in the order of the pairs.

    Raises:
        Unanswered: Some answers could not be obtained, which is never scored as a bad answer; the others are kept.
    """
    order = sorted(range(len(pairs)), key=lambda index: pairs[index][1].image_digest)
    altered = augmentations or [sample.augmentation for _, sample in pairs]
    requests = [_request(*pairs[index], system, altered[index]) for index in order]
    answers: dict[int, Answer] = {}
    if requests:
        for position, answer in answerer.answer(requests):
            answers[order[position]] = answer
            seen()
    counts = count([sample.answer for _, sample in pairs], [answers[i].text for i in range(len(pairs))], chain)
    return [Scored(sample, answers[i], counts[i]) for i, (_, sample) in enumerate(pairs)]


def measure(
    prompts: Mapping[Field, Prompt],
    samples: Mapping[Field, Sequence[Sample]],
    answerer: Answerer,
    chain: Chain,
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
    scored = iter(ask(answerer, [(prompts[f], s) for f in fields for s in samples[f]], chain, system, seen))
    trials = []
    for field in fields:
        own = tuple(next(scored) for _ in samples[field])
        score = pool(own, seed, metric=metric)
        trials.append(Trial(field, prompts[field], 0, score, own, finished=True, requests=len(own)))
    return trials


def _request(prompt: Prompt, sample: Sample, system: str, augmentation: str) -> Request:
    return Request(sample.image, sample.image_digest, prompt.text, system, augmentation)
