"""One field's race: which candidates see which documents next, who is dropped, and what that saved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from promptfit.select.select_rules import Rules, SelectRacing, standing

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Drop:
    """That a candidate left the race, and why."""

    candidate: int
    documents: int
    """Documents that it had seen."""
    leader: int
    """Against whom it lost."""
    p: float
    """Corrected for the looks."""
    gap: float
    """Loss a document (of the CER: edits) above the leader's."""


class FieldRace:
    """Runs all candidates of a field over its documents. It knows losses only, neither images nor answers.

    Attributes:
        running: Places of the candidates that are still in, in rising order.
        seen: Documents that those have seen.
        drops: Who left, in this order.

    Args:
        rules: When a candidate is dropped.
        texts: The candidates' prompts, which break ties for the lead.
        documents: How many there are, in their order.
    """

    def __init__(self, rules: Rules, texts: Sequence[str], documents: int) -> None:
        self.rules = rules
        self.looks = rules.looks(documents)
        self.running = list(range(len(texts)))
        self.seen = 0
        self.drops: list[Drop] = []
        self._texts = list(texts)
        self._documents = documents
        self._losses = np.zeros((len(texts), documents), dtype=np.int64)

    @property
    def over(self) -> bool:
        """Every candidate that is in has seen every document."""
        return self.seen == self._documents

    def block(self) -> range:
        """The documents that the running candidates are asked next; a lone one is asked all that are left."""
        ends = [look for look in self.looks if look > self.seen] if len(self.running) > 1 else []
        return range(self.seen, min([*ends, self._documents]))

    def take(self, losses: Ints) -> None:
        """Keeps the losses of the running candidates on the block, shape ``(running, documents)``, and looks."""
        start, self.seen = self.seen, self.seen + losses.shape[1]
        self._losses[self.running, start : self.seen] = losses
        if isinstance(self.rules, SelectRacing) and not self.over:
            self._look(self.rules)

    def leave(self, places: Sequence[int]) -> None:
        """Takes documents out that nobody has seen yet."""
        self._losses = np.delete(self._losses, places, axis=1)
        self._documents = self._losses.shape[1]

    def losses(self, candidate: int) -> Ints:
        """The candidate's losses on the documents that it saw."""
        left = {drop.candidate: drop.documents for drop in self.drops}
        return self._losses[candidate, : left.get(candidate, self.seen)]

    def _look(self, rules: SelectRacing) -> None:
        seen = self._losses[self.running, : self.seen]
        sums = seen.sum(axis=1)
        leader = standing(sums.tolist(), [self._texts[place] for place in self.running])[0]
        losers = rules.losers(seen, leader, len(self.looks), len(self.running) - 1)
        for row, p in losers.items():
            gap = float(sums[row] - sums[leader]) / self.seen
            self.drops.append(Drop(self.running[row], self.seen, self.running[leader], p, gap))
        self.running = [place for row, place in enumerate(self.running) if row not in losers]
