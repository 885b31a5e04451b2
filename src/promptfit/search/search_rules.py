"""When a prompt may stop before it has seen every document. Pure rules; ``race`` applies them.

From the surest to the boldest:

1. *Out of reach*, no error at all. The leader's edits on what it has seen are known, and its worst documents come
   first. A prompt that made no further edit there would still not be better by more than ``indifference``: it stops.
2. *Significantly worse*, error at most ``lose``. The sign-flip test of the per-document edits against the best
   prompt of the race. ``lose`` is spent in equal parts over the looks and, by Holm, over the prompts of a look. A
   prompt runs in one race only, so this bounds the chance that the best prompt is lost.

The first documents are too few for any test (a sign-flip of 2 never falls under 0.25). What is said of them rests on
this: how an answer is worded is a property of the prompt, alike on most documents. Tests simulate how often it fails.

3. *Obviously worse*: on every document seen, at least two, ``gap`` edits a character more than the best. A best
   prompt that is so much worse on a tenth of the documents is lost once in a hundred races.
4. *A twin*: the same edits as a better placed prompt on every document seen, of which at least ``room`` left
   something to mend. A prompt that mends a share s of them is lost with chance (1 - s) ** room, so mostly a weak one.
The last rule is economy, not a test: a full run costs as much as ten first tries.

5. *Finals*: from ``finals`` documents on, only the ``finalists`` best placed prompts run, and those only that are
   ahead of the leader, as successive halving does (Jamieson and Talwalkar, arXiv 1502.07943). Prompts that are close
   to the best may be lost here, and little with them.

Where the objective is not the CER, a unit of its loss (a wrong answer, say) counts as ``search_race.UNIT`` edits.

While all prompts are far from good, nobody has to know how far. So a race ends early where the best one's CER is above
``ripe`` on ``sketch`` documents: that prompt leads, and the next ones are held against it on what it has seen. Each
race in which nobody beats it asks it of more documents, and at the end of the search it is asked of all. This is how
FocusedILS measures its incumbent (Hutter et al., arXiv 1401.3492).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from promptfit.evaluate.no_race import NoRace
from promptfit.score.metrics import CER, Metric
from promptfit.score.paired import holm, sign_flip
from promptfit.types import Trial

_NEVER = 10**9
"""More documents than there are."""
Tally = Sequence[int]
"""Edits a document, in the race's order."""


@dataclass(frozen=True, slots=True)
class SearchRacing:
    """When a prompt stops: the figures of conf/racing/search.yaml.

    Args:
        looks: After how many documents the race is looked at.
        lose: Chance to lose the best prompt of a race by the test.
        gap: Edits a character on every document that make a prompt obviously worse.
        room: Documents with something to mend on which twins have to be alike.
        finals: Documents after which only the best placed prompts run on.
        finalists: How many they are.
        sketch: Documents after which a race may end before the best prompt has seen all.
        ripe: CER up to which it is worth asking the best prompt of all documents at once.
    """

    looks: Sequence[int]
    lose: float
    gap: float
    room: int
    finals: int
    finalists: int
    sketch: int
    ripe: float

    def unripe(self, edits: int, chars: int, documents: int) -> bool:
        """Tells whether so many edits on so many documents are too bad to be measured more exactly for now."""
        return documents >= self.sketch and edits > self.ripe * chars

    def losers(
        self, tallies: Sequence[Tally], chars: Tally, leader: Tally | None, to_beat: float, equals: bool = False
    ) -> set[int]:
        """Returns the places of the prompts that stop.

        Args:
            tallies: The running prompts' edits on the documents seen so far, the best placed prompt first.
            chars: The truth's characters of these documents.
            leader: The leader's edits on these documents, if there is a leader.
            to_beat: Edits on all documents under which a prompt has to stay, or infinity.
            equals: Whether a prompt that does as well as the leader reaches the finals.
        """
        best = leader if leader is not None and sum(leader) <= sum(tallies[0]) else tallies[0]
        ahead = [] if leader is None else [leader]
        out = set()
        for place, tally in enumerate(tallies):
            if sum(tally) >= to_beat or self._obvious(tally, best, chars) or self._twin(tally, ahead):
                out.add(place)
            ahead.append(tally)
        if len(chars) >= self.finals:
            out |= self._not_in_the_finals(tallies, leader, out, equals)
        rest = [place for place, tally in enumerate(tallies) if place not in out and tally is not best]
        adjusted = holm([_p_value(tallies[place], best) for place in rest])
        return out | {place for place, p in zip(rest, adjusted, strict=True) if p <= self.lose / len(self.looks)}

    def _not_in_the_finals(
        self, tallies: Sequence[Tally], leader: Tally | None, out: set[int], equals: bool
    ) -> set[int]:
        reach = None if leader is None else sum(leader) + equals
        behind = {place for place, tally in enumerate(tallies) if reach is not None and sum(tally) >= reach}
        running = [place for place in range(len(tallies)) if place not in out | behind]
        return behind | set(running[self.finalists :])

    def _obvious(self, tally: Tally, best: Tally, chars: Tally) -> bool:
        return len(tally) > 1 and all(
            mine - its >= max(1, self.gap * size) for mine, its, size in zip(tally, best, chars, strict=True)
        )

    def _twin(self, tally: Tally, ahead: Sequence[Tally]) -> bool:
        return sum(edits > 0 for edits in tally) >= self.room and list(tally) in [list(other) for other in ahead]


@dataclass(frozen=True, slots=True)
class SearchRules:
    """How a search decides.

    Args:
        racing: When a prompt stops early.
        indifference: CER that is not worth asking for: a prompt that can't gain more stops, and a leader within it of 0
            ends the field.
        margin: Share of the start's edits that the best prompt has to mend; else the field stays with its start.
        runs: Full runs that a field's requests shall pay for: of more documents than that a seeded sample is asked.
        least: Documents that this sample has at least, where there are so many.
    """

    racing: SearchRacing | NoRace
    indifference: float
    margin: float
    runs: int
    least: int

    @property
    def looks(self) -> Sequence[int]:
        """After how many documents a race is looked at, before the end."""
        return self.racing.looks if isinstance(self.racing, SearchRacing) else ()

    @property
    def equals(self) -> bool:
        """Whether a prompt that does as well as the leader may take its place."""
        return self.indifference < 0

    def for_equals(self) -> SearchRules:
        """Rules under which a prompt that does as well as the leader runs to the end, so that a shorter one may win."""
        racing = self.racing
        if isinstance(racing, SearchRacing):
            racing = replace(racing, room=_NEVER, sketch=_NEVER)
        return replace(self, racing=racing, indifference=-1e-9)

    def betters(self, best: Trial, start: Trial, metric: Metric = CER) -> bool:
        """Tells whether a prompt mends enough of what the start got wrong, on the samples that both saw."""
        before = {one.sample: metric.units(one.counts)[0] for one in start.scored}
        both = [(before[one.sample], metric.units(one.counts)[0]) for one in best.scored if one.sample in before]
        old, new = (sum(losses) for losses in zip(*both, strict=True)) if both else (0, 0)
        return new < old and new <= (1 - self.margin) * old


def _p_value(tally: Tally, best: Tally) -> float:
    """One-sided: small where the prompt is worse than the best."""
    differences = [mine - its for mine, its in zip(tally, best, strict=True)]
    return sign_flip(differences) / 2 if sum(differences) > 0 else 1.0
