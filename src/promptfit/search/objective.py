"""What every strategy drives: prompts in, trials out; it carries the answers, the budget and the race."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from promptfit.answer.base import Answerer
from promptfit.score.aggregate import pool
from promptfit.score.normalize import Chain
from promptfit.search.ask import ask
from promptfit.search.budget import Budget
from promptfit.search.progress import Progress
from promptfit.search.race import Document, Race, Runner
from promptfit.search.racing import Racing
from promptfit.types import Field, Prompt, Recorder, Sample, Trial


@dataclass(frozen=True, slots=True)
class History:
    """What a proposer may know of the search so far: its own field's trials, and the other fields' leaders."""

    field: Field
    trials: tuple[Trial, ...]
    """In the order in which they ended, the unfinished ones too."""
    leader: Trial | None
    """The best finished trial: lowest CER, then the shortest text, then text order."""
    peers: Mapping[Field, Trial]
    left: int
    """Requests that the field may still spend."""


class Objective:
    """Scores prompts on the search samples of their fields.

    Args:
        answerer: The VLM under test, usually with kept answers.
        samples: The search split of every field; nothing else is ever shown.
        chain: The normalisation of truth and answer.
        budget: What each field may spend.
        recorder: Receives every trial.
        seed: Seed of the documents' order and of the intervals.
        system: The configuration's system prompt.
        racing: When a prompt stops early.
        progress: Watches the answers arrive.
    """

    def __init__(
        self,
        answerer: Answerer,
        samples: Mapping[Field, Sequence[Sample]],
        chain: Chain,
        budget: Budget,
        recorder: Recorder,
        seed: int = 0,
        system: str = "",
        racing: Racing | None = None,
        progress: Progress | None = None,
    ) -> None:
        self.fields = list(samples)
        self.seed = seed
        self.racing = racing or Racing()
        self._answerer, self._chain, self._system = answerer, chain, system
        self._budget, self._recorder = budget, recorder
        self._progress = progress or Progress(budget.requests)
        self._documents = _documents(samples, seed)
        self._trials: dict[Field, dict[str, Trial]] = {field: {} for field in samples}
        self._leaders: dict[Field, Runner] = {}

    def evaluate(self, prompts: Mapping[Field, Sequence[Prompt]], iteration: int = 0) -> dict[Field, list[Trial]]:
        """Races new prompts of many fields in lockstep: every block of all fields is one call of the answerer.

        A prompt that the field has tried already is not asked again. One that the budget can't pay has no trial.

        Args:
            prompts: The prompts of each field.
            iteration: The round, for the record.

        Returns:
            The trials of these prompts, in the order given; those that a race stopped have ``finished=False``.
        """
        races = {field: self._race(field, own) for field, own in prompts.items()}
        while any(not race.over for race in races.values()):
            self._ask({field: race for field, race in races.items() if not race.over})
        for field, race in races.items():
            self._close(field, race, iteration)
        return {
            field: [self._trials[field][p.text] for p in own if p.text in self._trials[field]]
            for field, own in prompts.items()
        }

    def worthwhile(self, field: Field) -> bool:
        """Tells whether one more prompt could finish, and could be better by more than the indifference."""
        leader = self.leader(field)
        affordable = self._budget.left(field) >= sum(len(document.samples) for document in self._documents[field])
        return affordable and (leader is None or leader.score.cer > self.racing.indifference)

    def leader(self, field: Field) -> Trial | None:
        """Returns the field's best finished trial, if any finished."""
        runner = self._leaders.get(field)
        return self._trials[field][runner.prompt.text] if runner else None

    def trials(self, field: Field) -> list[Trial]:
        """Returns the field's trials in the order in which they ended."""
        return list(self._trials[field].values())

    def history(self, field: Field) -> History:
        """Returns what the field's proposer may know now."""
        leaders = {other: self.leader(other) for other in self.fields if other != field}
        peers = {other: trial for other, trial in leaders.items() if trial}
        return History(field, tuple(self.trials(field)), self.leader(field), peers, self._budget.left(field))

    def report(self, iteration: int) -> None:
        """Tells the recorder and the screen how far the search is."""
        best = {field: trial.score.cer for field in self.fields if (trial := self.leader(field))}
        self._progress.round(iteration, best)
        mean = sum(best.values()) / len(best) if best else float("nan")
        self._recorder.metrics({"cer": mean, "requests": self._budget.spent()}, step=iteration)

    def _race(self, field: Field, prompts: Sequence[Prompt]) -> Race:
        new = {prompt.text: prompt for prompt in prompts if prompt.text not in self._trials[field]}
        return Race(self.racing, self._documents[field], list(new.values()), self._leaders.get(field))

    def _ask(self, races: Mapping[Field, Race]) -> None:
        """Asks the next block of every race in one call, and looks at the standings."""
        wanted = {field: race.block(self._budget.left(field)) for field, race in races.items()}
        for field, block in wanted.items():
            self._budget.spend(field, sum(len(document.samples) for _, document in block))
        flat = [(runner, document) for block in wanted.values() for runner, document in block]
        pairs = [(runner.prompt, sample) for runner, document in flat for sample in document.samples]
        scored = iter(ask(self._answerer, pairs, self._chain, self._system, self._progress.advance))
        for runner, document in flat:
            runner.take(document, [next(scored) for _ in document.samples])
        for race in races.values():
            race.look()

    def _close(self, field: Field, race: Race, iteration: int) -> None:
        """Keeps a race's trials, and its winner if it beats the leader."""
        for runner in [*race.stopped, *race.running]:
            if runner.scored:
                trial = self._trial(field, runner, iteration, finished=runner in race.running)
                self._trials[field][runner.prompt.text] = trial
                self._recorder.trial(trial)
        entries = [*race.running, *([race.leader] if race.leader else [])]
        if entries:
            self._leaders[field] = min(entries, key=Runner.standing)

    def _trial(self, field: Field, runner: Runner, iteration: int, finished: bool) -> Trial:
        score, scored = pool(runner.scored, self.seed), tuple(runner.scored)
        return Trial(field, runner.prompt, iteration, score, scored, finished, requests=len(scored))


def _documents(samples: Mapping[Field, Sequence[Sample]], seed: int) -> dict[Field, list[Document]]:
    """One seeded order of documents per type: prompts are paired on it, and the type's fields share the images."""
    order: dict[str, list[str]] = {}
    for doc_type in {field.doc_type for field in samples}:
        names = sorted({s.document for field, own in samples.items() if field.doc_type == doc_type for s in own})
        random.Random(f"{seed} {doc_type}").shuffle(names)
        order[doc_type] = names
    result = {}
    for field, own in samples.items():
        grouped = {name: tuple(s for s in own if s.document == name) for name in order[field.doc_type]}
        result[field] = [Document(name, group) for name, group in grouped.items() if group]
    return result
