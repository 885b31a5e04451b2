"""Asks all candidates of all fields on the same documents, block by block, while their races run in lockstep."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from promptfit.answer.answerer import Answerer
from promptfit.evaluate.ask import ask, nothing
from promptfit.evaluate.scoring import Scoring
from promptfit.score.metrics import CER, Metric
from promptfit.score.tally import Tally
from promptfit.select.field_race import FieldRace
from promptfit.select.gather import Candidate
from promptfit.select.select_rules import Rules
from promptfit.types import Field, Prompt, PromptfitError, Sample, Scored


@dataclass(frozen=True, slots=True)
class Evaluation:
    """One field's candidates on the documents of the `select` split."""

    field: Field
    candidates: tuple[Candidate, ...]
    documents: tuple[str, ...]
    """In the order in which they were asked."""
    scored: tuple[tuple[Scored, ...], ...]
    """By candidate; those of a dropped one end with the documents that it saw."""
    race: FieldRace
    metric: Metric
    """What the candidates compete in."""

    @property
    def requests(self) -> int:
        """Logical requests that were spent."""
        return sum(len(own) for own in self.scored)

    @property
    def full_requests(self) -> int:
        """Those that all candidates would have taken on all documents."""
        return len(self.candidates) * max(len(own) for own in self.scored)

    def tally(self, places: Sequence[int]) -> Tally:
        """The counts of candidates that saw the same documents; these in sorted order, as ``pool`` has them."""
        documents = sorted({one.sample.document for one in self.scored[places[0]]})
        return Tally.of_scored([self.scored[place] for place in places], documents, self.metric)


def evaluate(
    candidates: Mapping[Field, Sequence[Candidate]],
    samples: Mapping[Field, Sequence[Sample]],
    answerer: Answerer,
    scoring: Scoring,
    rules: Rules,
    seed: int = 0,
    system: str = "",
    seen: Callable[[], None] = nothing,
    metric: Metric = CER,
) -> dict[Field, Evaluation]:
    """Races every field's candidates; the next blocks of all fields are one call of the answerer, ordered by image.

    Deterministic in the arguments and the answers: over kept answers an interrupted evaluation goes on where it was.

    Args:
        candidates: Of every field; at least one each.
        samples: The field's samples of the `select` split.
        answerer: The VLM under test, usually with kept answers.
        scoring: How answers are read and compared.
        rules: When a candidate is dropped.
        seed: Seed of the documents' order.
        system: The configuration's system prompt.
        seen: Called as each answer arrives.
        metric: What the candidates compete in.

    Raises:
        PromptfitError: A field has no samples.
        Unanswered: Some answers could not be obtained; the others are kept.
    """
    if bare := [field.name for field in candidates if not samples.get(field)]:
        raise PromptfitError(
            f"no samples of {', '.join(bare)} in the split `select`; add documents of it, or choose others with field="
        )
    heats = [
        _Heat(field, own, samples[field], rules, _order(samples, field, seed), metric)
        for field, own in candidates.items()
    ]
    while running := [heat for heat in heats if not heat.race.over]:
        pairs = [pair for heat in running for pair in heat.pairs()]
        scored = iter(ask(answerer, pairs, scoring, system, seen))
        for heat in running:
            heat.take([next(scored) for _ in heat.pairs()])
    return {heat.field: heat.ended() for heat in heats}


def planned(candidates: Mapping[Field, Sequence[Candidate]], samples: Mapping[Field, Sequence[Sample]]) -> int:
    """The requests that an evaluation takes at most: those without any race."""
    return sum(len(own) * len(samples.get(field, ())) for field, own in candidates.items())


class _Heat:
    """A field's race with its prompts, samples and answers."""

    def __init__(
        self,
        field: Field,
        candidates: Sequence[Candidate],
        samples: Sequence[Sample],
        rules: Rules,
        order: Sequence[str],
        metric: Metric,
    ) -> None:
        groups: dict[str, list[Sample]] = {}
        for sample in samples:
            groups.setdefault(sample.document, []).append(sample)
        self.field, self.metric = field, metric
        self.candidates = tuple(candidates)
        self.documents = [(name, groups[name]) for name in order if name in groups]
        self.race = FieldRace(rules, [one.text for one in candidates], len(self.documents))
        self.scored: list[list[Scored]] = [[] for _ in candidates]

    def pairs(self) -> list[tuple[Prompt, Sample]]:
        """What to ask next: every running candidate of every sample of the block."""
        block = [sample for place in self.race.block() for sample in self.documents[place][1]]
        return [(Prompt(self.candidates[place].text), sample) for place in self.race.running for sample in block]

    def take(self, scored: Sequence[Scored]) -> None:
        """Keeps what came back, in the order of ``pairs``."""
        sizes = [len(self.documents[place][1]) for place in self.race.block()]
        running, start = list(self.race.running), 0
        losses = np.zeros((len(running), len(sizes)), dtype=np.int64)
        for row, place in enumerate(running):
            own = scored[start : start + sum(sizes)]
            start += sum(sizes)
            self.scored[place] += own
            units = iter(self.metric.units(one.counts)[0] for one in own)
            losses[row] = [sum(next(units) for _ in range(size)) for size in sizes]
        self.race.take(losses)

    def ended(self) -> Evaluation:
        names = tuple(name for name, _ in self.documents)
        return Evaluation(self.field, self.candidates, names, tuple(map(tuple, self.scored)), self.race, self.metric)


def _order(samples: Mapping[Field, Sequence[Sample]], field: Field, seed: int) -> list[str]:
    """One seeded order of documents per type, so that its fields share the images of a block."""
    own = {one.document for other, several in samples.items() if other.doc_type == field.doc_type for one in several}
    names = sorted(own)
    random.Random(f"select {seed} {field.doc_type}").shuffle(names)
    return names
