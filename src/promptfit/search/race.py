"""One field's race in one round: which prompt is asked of which documents next, and who stops."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from promptfit.search.racing import Racing
from promptfit.types import Prompt, Sample, Scored


@dataclass(frozen=True, slots=True)
class Document:
    """The samples of one field on one document; a race asks all of them or none."""

    name: str
    samples: tuple[Sample, ...]


@dataclass(slots=True, eq=False)
class Runner:
    """A prompt and what it did so far."""

    prompt: Prompt
    scored: list[Scored] = field(default_factory=list)
    edits: dict[str, int] = field(default_factory=dict)
    chars: dict[str, int] = field(default_factory=dict)

    def take(self, document: Document, scored: Sequence[Scored]) -> None:
        """Keeps the scored samples of one document."""
        self.scored += scored
        self.edits[document.name] = sum(one.counts.edits for one in scored)
        self.chars[document.name] = sum(one.counts.chars for one in scored)

    def standing(self) -> tuple[int, int, str]:
        """The order of prompts that saw the same documents: fewer edits, then the shorter text, then text order."""
        return sum(self.edits.values()), len(self.prompt.text), self.prompt.text


class Race:
    """Runs a field's new prompts against each other and against the field's leader.

    Args:
        rules: When a prompt stops.
        documents: The field's documents in their seeded order, the same for every field of the type.
        prompts: The new prompts.
        leader: The best prompt so far, which has seen every document.
    """

    def __init__(
        self, rules: Racing, documents: Sequence[Document], prompts: Sequence[Prompt], leader: Runner | None
    ) -> None:
        self.rules = rules
        self.leader = leader
        self.running = [Runner(prompt) for prompt in prompts]
        self.stopped: list[Runner] = []
        self.seen = 0
        self.documents = _telling_first(documents, leader, min([*rules.looks, len(documents)]))

    @property
    def over(self) -> bool:
        """Nobody runs, or whoever runs has seen every document."""
        return not self.running or self.seen == len(self.documents)

    def block(self, left: int) -> list[tuple[Runner, Document]]:
        """Returns what to ask next; prompts that the budget can't carry stop.

        A prompt that can't finish can't win, so the price of finishing one is set aside before others are asked.

        Args:
            left: Requests that the field may still spend; what is returned never costs more.
        """
        end = min([look for look in self.rules.looks if look > self.seen] + [len(self.documents)])
        documents = self.documents[self.seen : end]
        price, finish = _price(documents), _price(self.documents[self.seen :])
        able = 1 + (left - finish) // price if left >= finish else 0
        self._stop(self.running[able:])
        self.seen = end if self.running else self.seen
        return [(runner, document) for runner in self.running for document in documents]

    def look(self) -> None:
        """Stops the losers, once the answers of the block are in."""
        if self.over:
            return
        self.running.sort(key=Runner.standing)
        names = [document.name for document in self.documents[: self.seen]]
        tallies = [[runner.edits[name] for name in names] for runner in self.running]
        chars = [self.running[0].chars[name] for name in names]
        ahead, to_beat = None, float("inf")
        if self.leader:
            ahead = [self.leader.edits[name] for name in names]
            to_beat = sum(self.leader.edits.values()) - self.rules.indifference * sum(self.leader.chars.values())
        losers = self.rules.losers(tallies, chars, ahead, to_beat)
        self._stop([self.running[place] for place in sorted(losers)])

    def _stop(self, runners: Sequence[Runner]) -> None:
        self.stopped += runners
        self.running = [runner for runner in self.running if runner not in runners]


def _telling_first(documents: Sequence[Document], leader: Runner | None, shared: int) -> list[Document]:
    """After the first block, which all fields of a type share, the documents come first on which the leader erred.

    Only there can a prompt be better, so one that is not is soon out of reach. Whoever is better than the leader
    looks better still on such a choice, so that the choice itself loses nobody.
    """
    if not leader:
        return list(documents)
    return [*documents[:shared], *sorted(documents[shared:], key=lambda document: not leader.edits[document.name])]


def _price(documents: Sequence[Document]) -> int:
    return sum(len(document.samples) for document in documents)
