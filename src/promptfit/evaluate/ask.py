"""Asks prompts of samples in one call, and scores what comes back."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from promptfit.answer.answerer import Answerer
from promptfit.evaluate.obtained import Obtained, bare_reason
from promptfit.evaluate.overall import score_of
from promptfit.evaluate.scoring import Scoring
from promptfit.score.metrics import CER, Metric
from promptfit.support.system_text import parted
from promptfit.types import Answer, Field, NoAnswer, Prompt, PromptfitError, Request, Sample, Scored, Trial

Pair = tuple[Prompt, Sample]
Seen = Callable[[int], None]
"""Called as each answer arrives, with its tokens; 0 where nobody knows them."""


class Unanswered(PromptfitError):
    """Requests that got no answer, each for a reason of its own. They are never scored.

    Attributes:
        failures: Reason by index of the request.
    """

    def __init__(self, failures: Mapping[int, str], requests: Sequence[Request]) -> None:
        self.failures = dict(failures)
        first = min(self.failures)
        image = requests[first].image
        super().__init__(
            f"{len(self.failures)} of {len(requests)} requests got no answer; the first: {image}, "
            f"prompt {requests[first].prompt[:80]!r}: {bare_reason(image, self.failures[first])}. "
            "Mend that and run again: what was answered is kept"
        )


def nothing(tokens: int) -> None:
    """The progress of whoever does not watch."""


def ask(
    answerer: Answerer,
    pairs: Sequence[Pair],
    scoring: Scoring,
    system: str = "",
    seen: Seen = nothing,
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
    got = asked(answerer, pairs, scoring, Obtained(), system, seen)
    if failures := {place: one.reason for place, one in enumerate(got) if isinstance(one, NoAnswer)}:
        raise Unanswered(failures, [request_of(*pair, system) for pair in pairs])
    return [one for one in got if isinstance(one, Scored)]


def asked(
    answerer: Answerer,
    pairs: Sequence[Pair],
    scoring: Scoring,
    obtained: Obtained,
    system: str = "",
    seen: Seen = nothing,
) -> list[Scored | NoAnswer]:
    """Asks as ``ask`` does, for those who can go on without some of the answers.

    Args:
        answerer: The VLM under test, with kept answers or without.
        pairs: The prompts and the samples that they are asked of.
        scoring: How answers are read and compared.
        obtained: Counts how the answers ended.
        system: The configuration's system prompt.
        seen: Called as each answer arrives.

    Returns:
        One scored sample a pair, or why there is none, in the order of the pairs.

    Raises:
        Unanswered: Nobody has answered anything, neither now nor before.
    """
    order = sorted(range(len(pairs)), key=lambda index: pairs[index][1].image_digest)
    requests = [request_of(*pairs[index], system) for index in order]
    said: dict[int, Answer] = {}
    failures: dict[int, NoAnswer] = {}
    for position, one in answerer.answer(requests) if requests else ():
        if isinstance(one, NoAnswer):
            failures[order[position]] = one
        else:
            said[order[position]] = one
            seen(one.tokens_out)
    if failures and not said and not obtained.answers:
        raise Unanswered(
            {index: one.reason for index, one in failures.items()}, [request_of(*pair, system) for pair in pairs]
        )
    places = sorted(said)
    scored = scoring.scored([pairs[index][1] for index in places], [said[index] for index in places])
    for own in scored:
        obtained.scored(own, scoring.chain)
    found: dict[int, Scored | NoAnswer] = {**failures, **dict(zip(places, scored, strict=True))}
    return [found[index] for index in range(len(pairs))]


def measure(
    prompts: Mapping[Field, Prompt],
    samples: Mapping[Field, Sequence[Sample]],
    answerer: Answerer,
    scoring: Scoring,
    seed: int = 0,
    system: str = "",
    seen: Seen = nothing,
    metric: Metric = CER,
    obtained: Obtained | None = None,
) -> list[Trial]:
    """Asks one prompt a field on all of the field's samples, once, without race or budget.

    Args:
        prompts: The prompts.
        samples: Of each field.
        answerer: The VLM under test, with kept answers or without.
        scoring: How answers are read and compared.
        seed: Of the intervals.
        system: The configuration's system prompt.
        seen: Called as each answer arrives.
        metric: What else than the CER has an interval.
        obtained: Takes note of documents that got no answer, which are left out; without it, none may be missing.

    Returns:
        A finished trial for every field that has samples, in the order of ``prompts``; none for a prompt that can't be
        asked.

    Raises:
        Unanswered: Some answers could not be obtained, and there is no ``obtained``; or none at all.
    """
    fields = [field for field in prompts if samples.get(field)]
    pairs = [(prompts[f], s) for f in fields for s in samples[f]]
    if obtained is None:
        got: Iterator[Scored | NoAnswer] = iter(ask(answerer, pairs, scoring, system, seen))
    else:
        obtained.expect(sample for _, sample in pairs)
        got = iter(asked(answerer, pairs, scoring, obtained, system, seen))
    trials = []
    for field in fields:
        own = _kept(field, prompts[field], [(sample, next(got)) for sample in samples[field]], obtained)
        if own:
            score = score_of(own, seed, metric)
            trials.append(Trial(field, prompts[field], 0, score, own, finished=True, requests=len(own)))
    return trials


def _kept(
    field: Field, prompt: Prompt, got: Sequence[tuple[Sample, Scored | NoAnswer]], obtained: Obtained | None
) -> tuple[Scored, ...]:
    """The scored samples of the documents of which every answer was obtained."""
    missed = [(sample, one) for sample, one in got if isinstance(one, NoAnswer)]
    if obtained and missed:
        if len(missed) == len(got) and not any(one.passing for _, one in missed):
            obtained.drop(field, prompt.text, missed[0][1].reason)
            return ()
        for sample, why in missed:
            obtained.leave(sample, why.reason)
    gone = {sample.document for sample, _ in missed}
    return tuple(one for sample, one in got if isinstance(one, Scored) and sample.document not in gone)


def request_of(prompt: Prompt, sample: Sample, system: str) -> Request:
    """The request that asks a prompt of a sample; the prompt's own system text takes the place of the given one."""
    own, user = parted(prompt.text)
    schema = sample.record.schema if sample.record else ""
    return Request(sample.image, sample.shown_digest, user, own or system, sample.alteration, schema=schema)
