"""One field's race in one round: which prompt is asked of which documents next, and who stops."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from promptfit.score.metrics import CER, Metric
from promptfit.search.search_rules import SearchRacing, SearchRules
from promptfit.support.grouped_by import grouped_by
from promptfit.types import Prompt, Sample, Scored, Trial


@dataclass(frozen=True, slots=True)
class Document:
    """The samples of one field on one document; a race asks all of them or none."""

    name: str
    samples: tuple[Sample, ...]


UNIT = 10**6
"""So many edits weigh as much as one unit of another objective's loss, such as one wrong answer."""


@dataclass(slots=True, eq=False)
class Runner:
    """A prompt and what it did so far."""

    prompt: Prompt
    metric: Metric = CER
    scored: list[Scored] = field(default_factory=list)
    losses: dict[str, int] = field(default_factory=dict)
    """By document: edits, and ``UNIT`` for each unit of loss where the metric is not the CER.

    Edits decide between equals: of prompts that are wrong everywhere, a search would not know which one to go on from.
    """
    chars: dict[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, trial: Trial, metric: Metric) -> Runner:
        """What a trial's prompt did so far."""
        runner = cls(trial.prompt, metric)
        for name, own in grouped_by(trial.scored, lambda one: one.sample.document).items():
            runner.take(Document(name, tuple(one.sample for one in own)), own)
        return runner

    def take(self, document: Document, scored: Sequence[Scored]) -> None:
        """Keeps the scored samples of one document."""
        self.scored += scored
        units = 0 if self.metric is CER else sum(self.metric.units(one.counts)[0] for one in scored)
        self.losses[document.name] = UNIT * units + sum(one.counts.edits for one in scored)
        self.chars[document.name] = sum(one.counts.chars for one in scored)

    def leave(self, name: str) -> None:
        """Forgets a document."""
        self.scored = [one for one in self.scored if one.sample.document != name]
        self.losses.pop(name, None)
        self.chars.pop(name, None)


class Race:
    """Runs a field's new prompts against each other and against the field's leader.

    Args:
        rules: When a prompt stops, and when the race does.
        documents: The field's documents in their seeded order, the same for every field of the type.
        prompts: The new prompts.
        leader: The best prompt so far, and all that it was asked.
        start: Texts that the field starts from: of equals these win, unless equals are what the race is for.
        metric: What the prompts compete in.
    """

    def __init__(
        self,
        rules: SearchRules,
        documents: Sequence[Document],
        prompts: Sequence[Prompt],
        leader: Runner | None,
        start: Collection[str] = (),
        metric: Metric = CER,
    ) -> None:
        self.rules = rules
        self.leader = leader
        self._plain = frozenset(() if rules.equals else start)
        self.running = [Runner(prompt, metric) for prompt in prompts]
        self.stopped: list[Runner] = []
        self.seen = 0
        self.documents = _telling_first(documents, leader) if leader else list(documents)
        self._known = len(leader.losses) if leader else 0
        self._over = False

    @property
    def over(self) -> bool:
        """Nobody runs, whoever runs has seen every document, or the best one is too bad to be asked more for now."""
        return self._over or not self.running or self.seen == len(self.documents)

    @property
    def winner(self) -> Runner | None:
        """Who leads the field now; whoever saw more documents than the leader had seen has beaten it on those."""
        if not self.seen:  # nothing was asked yet, or no answer was obtained
            return self.leader
        entries = [*self.running, *([self.leader] if self.leader and self.seen <= self._known else [])]
        return min(entries, key=self._standing, default=self.leader)

    def block(self, left: int) -> list[tuple[Runner, Document]]:
        """Returns what to ask next; prompts that the budget can't carry stop.

        A prompt that can't finish can't win, so the price of finishing one is set aside before others are asked.

        Args:
            left: Requests that the field may still spend; what is returned never costs more.
        """
        end = min([look for look in self.rules.looks if look > self.seen] + [len(self.documents)])
        documents = self.documents[self.seen : end]
        price, finish = price_of(documents), price_of(self.documents[self.seen :])
        able = 1 + (left - finish) // price if left >= finish else 0
        self._stop(self.running[able:])
        self.seen = end if self.running else self.seen
        return [(runner, document) for runner in self.running for document in documents]

    def look(self) -> None:
        """Stops the losers, once the answers of the block are in; a leader that they left alone is asked more."""
        self._over = self.running == [self.leader]
        racing = self.rules.racing
        if self.over or not isinstance(racing, SearchRacing):
            return
        self.running.sort(key=self._standing)
        names = [document.name for document in self.documents[: self.seen]]
        tallies = [[runner.losses[name] for name in names] for runner in self.running]
        chars = [self.running[0].chars[name] for name in names]
        ahead, to_beat = None, float("inf")
        if self.leader and self.seen <= self._known:
            ahead = [self.leader.losses[name] for name in names]
            to_beat = sum(self.leader.losses.values()) - self.rules.indifference * sum(self.leader.chars.values())
        losers = racing.losers(tallies, chars, ahead, to_beat, self.rules.equals)
        self._stop([self.running[place] for place in sorted(losers)])
        if self.running:
            edits = sum(one.counts.edits for one in self.running[0].scored)  # whatever the objective: ripe is a CER
            self._over = self.seen >= self._known and racing.unripe(edits, sum(chars), self.seen)
        elif self.leader and self._known < len(self.documents):
            self.running, self.seen = [self.leader], self._known

    def leave(self, name: str) -> None:
        """Takes a document out, for all prompts alike; its answers are forgotten."""
        place = next((at for at, one in enumerate(self.documents) if one.name == name), None)
        if place is None:
            return
        del self.documents[place]
        self.seen -= place < self.seen
        self._known -= place < self._known
        for runner in (*self.running, *self.stopped):
            runner.leave(name)

    def drop(self, texts: Collection[str]) -> None:
        """Takes prompts out that can't be asked; they have no trial."""
        self.running = [runner for runner in self.running if runner.prompt.text not in texts]

    def _standing(self, runner: Runner) -> tuple[int, bool, int, str]:
        """The order of prompts that saw the same documents: less loss, the start, the shorter text, text order."""
        text = runner.prompt.text
        return sum(runner.losses.values()), text not in self._plain, len(text), text

    def _stop(self, runners: Sequence[Runner]) -> None:
        self.stopped += [runner for runner in runners if runner is not self.leader]
        self.running = [runner for runner in self.running if runner not in runners]


def _telling_first(documents: Sequence[Document], leader: Runner) -> list[Document]:
    """The documents on which the leader lost most come first, and what it has yet to see last.

    Only where it erred can a prompt be better, so one that is not is soon out of reach. Where it lost most comes before
    a letter that anybody misreads: else every prompt that misreads that, too, would look like its twin. Whoever is
    better than the leader looks better still on such a choice, so that the choice itself loses nobody.
    """
    return sorted(documents, key=lambda one: (one.name not in leader.losses, -leader.losses.get(one.name, 0)))


def price_of(documents: Sequence[Document]) -> int:
    """Returns the requests that one prompt takes on these documents."""
    return sum(len(document.samples) for document in documents)
