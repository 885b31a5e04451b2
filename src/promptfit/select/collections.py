"""Asks all candidates of all fields on the same documents, block by block, while their races run in lockstep."""

from __future__ import annotations

import random
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from promptfit.answer.answerer import Answerer
from promptfit.evaluate.ask import Seen, asked, nothing
from promptfit.evaluate.blame import blame
from promptfit.evaluate.obtained import Obtained
from promptfit.evaluate.scoring import Scoring
from promptfit.score.metrics import CER, Metric
from promptfit.score.tally import Tally
from promptfit.select.field_race import FieldRace
from promptfit.select.gather import Candidate
from promptfit.select.select_rules import Rules
from promptfit.support.grouped_by import grouped_by
from promptfit.types import Field, NoAnswer, Prompt, PromptfitError, Sample, Scored


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
    seen: Seen = nothing,
    metric: Metric = CER,
    obtained: Obtained | None = None,
) -> dict[Field, Evaluation]:
    """Races every field's candidates; the next blocks of all fields are one call of the answerer, ordered by image.

    A document of which no answer can be obtained leaves for all candidates of the field. One that can't be asked is
    dropped, and the field's race begins anew without it: its answers are kept. A field may be left with nothing, and
    has no evaluation then.

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
        obtained: Keeps the books.

    Raises:
        PromptfitError: A field has no samples.
        Unanswered: No answer at all could be obtained.
    """
    if bare := [field.name for field in candidates if not samples.get(field)]:
        raise PromptfitError(
            f"no samples of {', '.join(bare)} in the split `select`; add documents of it, or choose others with field="
        )
    obtained = obtained or Obtained()
    obtained.expect(sample for field in candidates for sample in samples[field])
    heats = [
        _Heat(field, own, samples[field], rules, _order(samples, field, seed), metric)
        for field, own in candidates.items()
    ]
    while running := [heat for heat in heats if not heat.over]:
        pairs = [pair for heat in running for pair in heat.pairs()]
        got = asked(answerer, pairs, scoring, obtained, system, seen)
        others = {one.sample.document for one in got if isinstance(one, Scored)}
        answers = iter(got)
        for heat, own in [(heat, [next(answers) for _ in heat.pairs()]) for heat in running]:
            heat.take(own, others, obtained)
    return {heat.field: heat.ended() for heat in heats if heat.scored and heat.scored[0]}


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
        groups = grouped_by(samples, lambda one: one.document)
        self.field, self.metric, self.rules = field, metric, rules
        self.documents = [(name, groups[name]) for name in order if name in groups]
        self._unaskable: set[str] = set()
        self._begin(candidates)

    def _begin(self, candidates: Sequence[Candidate]) -> None:
        self.candidates = tuple(candidates)
        self.race = FieldRace(self.rules, [one.text for one in candidates], len(self.documents))
        self.scored: list[list[Scored]] = [[] for _ in candidates]

    @property
    def over(self) -> bool:
        """Everybody who is left has seen everything that is left."""
        return not self.candidates or self.race.over

    def pairs(self) -> list[tuple[Prompt, Sample]]:
        """What to ask next: every running candidate of every sample of the block."""
        block = [sample for place in self.race.block() for sample in self.documents[place][1]]
        return [(Prompt(self.candidates[place].text), sample) for place in self.race.running for sample in block]

    def take(self, got: Sequence[Scored | NoAnswer], others: Collection[str], obtained: Obtained) -> None:
        """Keeps what came back, in the order of ``pairs``.

        Args:
            got: What came back.
            others: Documents that any field had an answer of.
            obtained: Is told what is missing.
        """
        block, running, answers = [self.documents[place] for place in self.race.block()], self.race.running, iter(got)
        cells = {(place, name): [next(answers) for _ in samples] for place in running for name, samples in block}
        gone = self._sort_out(cells, dict(block), others, obtained)
        start = self.race.seen
        self.race.leave([start + at for at, (name, _) in enumerate(block) if name in gone])
        self.documents = [one for one in self.documents if one[0] not in gone]
        if any(one.text in self._unaskable for one in self.candidates):
            self._begin([one for one in self.candidates if one.text not in self._unaskable])
            return
        names = [name for name, _ in block if name not in gone]
        losses = np.zeros((len(running), len(names)), dtype=np.int64)
        for row, place in enumerate(running):
            for column, name in enumerate(names):
                own = [one for one in cells[place, name] if isinstance(one, Scored)]
                self.scored[place] += own
                losses[row, column] = sum(self.metric.units(one.counts)[0] for one in own)
        self.race.take(losses)

    def _sort_out(
        self,
        cells: Mapping[tuple[int, str], Sequence[Scored | NoAnswer]],
        block: Mapping[str, Sequence[Sample]],
        others: Collection[str],
        obtained: Obtained,
    ) -> Collection[str]:
        """Marks candidates that can't be asked; returns the documents that leave."""
        why = {cell: next((one for one in got if isinstance(one, NoAnswer)), None) for cell, got in cells.items()}
        failed = {(self.candidates[place].text, name): one for (place, name), one in why.items() if one}
        texts = [self.candidates[place].text for place in self.race.running]
        found = blame(failed, texts, list(block), (), others, obtained.room)
        for text, reason in found.prompts.items():
            self._unaskable.add(text)
            obtained.drop(self.field, text, reason)
        for name, reason in found.documents.items():
            obtained.leave(block[name][0], reason)
        return found.documents

    def ended(self) -> Evaluation:
        names = tuple(name for name, _ in self.documents)
        return Evaluation(self.field, self.candidates, names, tuple(map(tuple, self.scored)), self.race, self.metric)


def _order(samples: Mapping[Field, Sequence[Sample]], field: Field, seed: int) -> list[str]:
    """One seeded order of documents per type, so that its fields share the images of a block."""
    own = {one.document for other, several in samples.items() if other.doc_type == field.doc_type for one in several}
    names = sorted(own)
    random.Random(f"select {seed} {field.doc_type}").shuffle(names)
    return names
