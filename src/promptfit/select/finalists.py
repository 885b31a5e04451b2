"""One field's candidates against each other: who leads, who can't be told from the leader, who wins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from promptfit.score.flips import exact_sign_flip
from promptfit.score.pairs import Ints
from promptfit.score.power import detectable, documents_needed
from promptfit.select.select_rules import Rules, standing


@dataclass(frozen=True, slots=True)
class Finalists:
    """The candidates that saw every document, compared with the one that lost the least."""

    order: tuple[int, ...]
    """Their rows, the leader first."""
    p: tuple[float, ...]
    """Against the leader, by row, corrected for the looks of the race; 1 for the leader itself."""

    @property
    def hardest(self) -> float | None:
        """The p value of the rival that is hardest to tell from the leader: who leads has to be better than all."""
        return max((self.p[row] for row in self.order[1:]), default=None)

    def ties(self, alpha: float) -> tuple[int, ...]:
        """The rivals, by rank, that are not significantly worse than the leader."""
        return tuple(row for row in self.order[1:] if self.p[row] > alpha)


def finalists(edits: Ints, texts: Sequence[str], rules: Rules, looks: int) -> Finalists:
    """Compares with sign-flip tests over documents, paired; exact, over all sign patterns.

    Args:
        edits: Shape ``(finalists, documents)``; of another objective than the CER, its losses.
        texts: Their prompts.
        rules: What the race has left of the error rate.
        looks: The race's looks.
    """
    order = standing(edits.sum(axis=1).tolist(), texts)
    lead = edits[order[0]]
    p = [rules.final(exact_sign_flip(row - lead), looks) for row in edits]
    p[order[0]] = 1.0
    return Finalists(tuple(order), tuple(p))


def cheapest_of_the_best(
    sums: Ints, chars: int, texts: Sequence[str], prices: Sequence[tuple[float, float]], zone: float
) -> int:
    """The winner among candidates that can't be told apart: the fewest edits, or who is as good and cheaper.

    As good is a CER within the zone above the lowest one. Of these the cheapest answers win (money, then tokens), then
    the shorter prompt, then text order.

    Args:
        sums: Edits of each candidate on all documents.
        chars: Characters of the truth of these documents.
        texts: The candidates' prompts.
        prices: What an answer to them costs: money, tokens.
        zone: In CER.
    """
    best = int(sums.min())
    pool = [row for row, edits in enumerate(sums.tolist()) if edits <= best + zone * chars]
    return min(pool, key=lambda row: (prices[row], len(texts[row]), texts[row]))


@dataclass(frozen=True, slots=True)
class DocumentsNeeded:
    """What more documents would tell about two candidates, at 80 % power."""

    needed: int | None
    """Documents in all; None where no difference was seen."""
    more: int | None
    """Documents to add; 0 where it is settled."""
    detectable: float | None
    """The smallest CER gap that the documents at hand would show."""


def plan(differences: Ints, chars: int, alpha: float, settled: bool) -> DocumentsNeeded:
    """Plans from the two candidates' differences of edits, one a document; what is settled needs no more of them."""
    needed = documents_needed(differences.tolist(), alpha)
    more = 0 if settled else None if needed is None else max(0, needed - len(differences))
    return DocumentsNeeded(needed, more, detectable(differences.tolist(), chars, alpha))
