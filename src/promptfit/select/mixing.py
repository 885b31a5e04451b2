"""Whether the best prompts of several labels, mixed, beat the best label's own collection out of sample.

Who takes every field's best of several labels takes luck with it: where one label is the better one everywhere, the mix
is worse than that label alone. So the choice of the mix is repeated without a part of the documents, and compared on
that part with the single label, part by part (cross-validation). The mix is taken where it loses less so, and
chance alone would do as much less than half of the time; `python -m benchmarks statistics` simulates what that gives.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from promptfit.answer.answerer import Answerer
from promptfit.evaluate.ask import Seen, asked, nothing
from promptfit.evaluate.obtained import Obtained
from promptfit.evaluate.scoring import Scoring
from promptfit.score.paired import sign_flip
from promptfit.score.pairs import Ints
from promptfit.score.tally import Tally
from promptfit.select.choose import Choice, place_of, price
from promptfit.select.collections import Evaluation
from promptfit.select.finalists import cheapest_of_the_best
from promptfit.types import Field, NoAnswer, Prompt, Sample, Scored

FLIPS = 20_000
Price = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Contest:
    """One field: the candidates that saw every document, and the single label's prompt among them."""

    documents: Sequence[str]
    losses: Ints
    """Shape ``(candidates + 1, documents)``; the last row is the single label's prompt, which may have been dropped."""
    weights: Ints
    """Shape ``(documents,)``."""
    texts: Sequence[str]
    """Of the candidates that the mix may take; so are the prices."""
    prices: Sequence[Price]


@dataclass(frozen=True, slots=True)
class Mixing:
    """The mix of all labels against one label's own collection, out of sample."""

    label: str
    fields: int
    """Fields that this label has; the comparison is on these."""
    gain: float
    """The macro CER (or the objective's macro loss) that mixing took off, on documents of `select` that the mix was not
    chosen on."""
    p: float
    """Two-sided sign-flip test over documents, all fields of a document together."""
    mixed: bool
    """Whether the mix is taken."""


def whole(
    label: str,
    evaluations: Mapping[Field, Evaluation],
    samples: Mapping[Field, Sequence[Sample]],
    answerer: Answerer,
    scoring: Scoring,
    system: str = "",
    seen: Seen = nothing,
    obtained: Obtained | None = None,
) -> tuple[dict[Field, tuple[Scored, ...]], int]:
    """A label's own prompts on all documents; those that the race had dropped are asked of what they have not seen.

    Args:
        label: The label.
        evaluations: As ``evaluate`` gives them.
        samples: Of the `select` split.
        answerer: The VLM under test, usually with kept answers.
        scoring: How answers are read and compared.
        system: The configuration's system prompt.
        seen: Called as each answer arrives.
        obtained: Keeps the books.

    Returns:
        The scored samples by field, and the requests that it took; a field of which some are missing is left out.
    """
    places = {field: place_of(one.candidates, label) for field, one in evaluations.items()}
    known = {field: evaluations[field].scored[place] for field, place in places.items() if place >= 0}
    pairs: list[tuple[Prompt, Sample]] = []
    for field, scored in known.items():
        done = {one.sample for one in scored}
        prompt = Prompt(evaluations[field].candidates[places[field]].text)
        there = set(evaluations[field].documents)
        pairs += [(prompt, one) for one in samples[field] if one not in done and one.document in there]
    got = asked(answerer, pairs, scoring, obtained or Obtained(), system, seen)
    added = [one for one in got if isinstance(one, Scored)]
    short = {sample.field for (_, sample), one in zip(pairs, got, strict=True) if isinstance(one, NoAnswer)}
    return {
        field: (*scored, *(one for one in added if one.sample.field == field))
        for field, scored in known.items()
        if field not in short
    }, len(pairs)


def contest(choice: Choice, evaluation: Evaluation, single: Sequence[Scored]) -> Contest:
    """One field's candidates that finished, and the single label's prompt, on all documents.

    Args:
        choice: The field's choice.
        evaluation: Its candidates' answers.
        single: The single label's, on all documents.
    """
    finished = [evaluation.scored[place] for place in choice.finished]
    order = {one.sample: place for place, one in enumerate(finished[0])}
    rows = [*finished, sorted(single, key=lambda one: order[one.sample])]
    tally = Tally.of_scored(rows, evaluation.documents, evaluation.metric)
    return Contest(
        evaluation.documents,
        tally.losses,
        tally.weights,
        [choice.candidates[place].text for place in choice.finished],
        [price(own) for own in finished],
    )


def out_of_sample(
    label: str, contests: Mapping[Field, Contest], folds: int, zone: float, doubt: float, seed: int = 0
) -> Mixing:
    """Compares the mix with the single label.

    Args:
        label: The single label.
        contests: The fields that it has.
        folds: Parts of the documents; each is left out of the choice once.
        zone: The loss within which the cheaper prompt is taken.
        doubt: The p value under which a gain is believed.
        seed: Seed of the sign flips.
    """
    gaps: dict[str, float] = {}
    for one in contests.values():
        for name, gap in zip(one.documents, _gaps(one, folds, zone).tolist(), strict=True):
            gaps[name] = gaps.get(name, 0.0) + gap / len(contests)
    values = list(gaps.values())
    gain, p = -float(np.sum(values)), sign_flip(values, FLIPS, seed)
    return Mixing(label, len(contests), gain, p, mixed=gain > 0 and p < doubt)


def _gaps(one: Contest, folds: int, zone: float) -> NDArray[np.float64]:
    """What the mix adds to the field's CER at each document, chosen without it."""
    part = np.arange(len(one.documents)) % min(folds, len(one.documents))
    gaps = np.zeros(len(one.documents))
    for left_out in range(part.max() + 1):
        rest, held = part != left_out, part == left_out
        if not rest.any():  # a field of one document: nothing to choose on
            continue
        row = cheapest_of_the_best(
            one.losses[:-1, rest].sum(axis=1), int(one.weights[rest].sum()), one.texts, one.prices, zone
        )
        gaps[held] = one.losses[row, held] - one.losses[-1, held]
    return gaps / max(1, int(one.weights.sum()))
