"""The choice of every field, Holm over the fields."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from promptfit.evaluate.overall import score_of
from promptfit.score.intervals import FEW_DOCUMENTS
from promptfit.score.metrics import CER, Metric
from promptfit.score.paired import holm
from promptfit.score.tally import Tally
from promptfit.select.collections import Evaluation
from promptfit.select.field_race import Drop
from promptfit.select.finalists import DocumentsNeeded, Finalists, cheapest_of_the_best, finalists, plan
from promptfit.select.gather import Candidate
from promptfit.types import Field, Score, Scored

CHEAPER, SINGLE = "as good and cheaper", "of the single collection"
"""Why a prompt was taken that is not the best one on `select`: it is within the zone of that, at a lower price; or it
is the prompt of the collection that was taken as a whole."""


def best_of(metric: Metric) -> str:
    """Why the best one on `select` was taken."""
    return f"{'highest' if metric.higher else 'lowest'} {metric.title}"


@dataclass(frozen=True, slots=True)
class Choice:
    """What was chosen for a field, how sure that is, and what it took. Candidates are named by their places."""

    field: Field
    candidates: tuple[Candidate, ...]
    scores: tuple[Score, ...]
    """By candidate, on the documents that it saw."""
    finished: tuple[int, ...]
    """Candidates that saw every document, the best one first."""
    winner: int
    runner_up: int | None
    """The best one beside the winner; who left the race last if nobody else finished; None for a lone candidate."""
    p: float | None
    """Winner against runner-up: two-sided sign-flip test over documents, corrected for the looks of the race."""
    p_adjusted: float | None
    """The best one against the rival hardest to tell from it, Holm over the fields."""
    settled: bool
    """The winner is significantly better than every other candidate; so is a lone one."""
    ties: tuple[int, ...]
    """Who else might be the best: finished, and not told from the best one."""
    plan: DocumentsNeeded | None
    """For the comparison with the runner-up; None where there is none that finished."""
    drops: tuple[Drop, ...]
    requests: int
    full_requests: int
    alike: bool
    """All candidates that finished made the same edits."""
    why: str
    """Why the winner was taken: ``best_of`` the objective, ``CHEAPER`` or ``SINGLE``."""

    @property
    def best(self) -> Candidate:
        """The candidate that was chosen."""
        return self.candidates[self.winner]

    @property
    def score(self) -> Score:
        """The winner's score on `select`, on which it was chosen: a little too good (see the one on `test`)."""
        return self.scores[self.winner]

    @property
    def flags(self) -> tuple[str, ...]:
        """What to say beside the winner's figures."""
        return _flags(self.score, self.alike)

    def of_label(self, label: str, score: Score | None) -> Choice:
        """The same field with the label's own prompt, since the label's whole collection was taken.

        Args:
            label: The label.
            score: Its prompt's score on all documents.
        """
        place = place_of(self.candidates, label)
        if place in (-1, self.winner):
            return self
        scores = [score if score and own == place else known for own, known in enumerate(self.scores)]
        return replace(self, winner=place, scores=tuple(scores), why=SINGLE)


def place_of(candidates: Sequence[Candidate], label: str) -> int:
    """The place of a label's own prompt; -1 where it has none."""
    return next((place for place, one in enumerate(candidates) if label in one.labels), -1)


def choose(evaluations: Mapping[Field, Evaluation], zone: float, seed: int = 0) -> dict[Field, Choice]:
    """Chooses every field's prompt.

    Args:
        evaluations: As ``evaluate`` gives them.
        zone: The loss within which one that is not told from the best is taken for being cheaper.
        seed: Seed of the intervals.
    """
    halves = [_Half(one, zone, seed) for one in evaluations.values()]
    tested = [half for half in halves if half.found.hardest is not None or half.evaluation.race.drops]
    hardest = [half.hardest for half in tested]
    adjusted = dict(zip([half.evaluation.field for half in tested], holm(hardest), strict=True))
    return {half.evaluation.field: half.choice(adjusted, len(tested)) for half in halves}


class _Half:
    """A field's choice before the other fields are known."""

    def __init__(self, evaluation: Evaluation, zone: float, seed: int) -> None:
        self.evaluation, self.zone, race = evaluation, zone, evaluation.race
        self.places = list(race.running)
        self.tally = evaluation.tally(self.places)
        self.texts = [evaluation.candidates[place].text for place in self.places]
        self.found: Finalists = finalists(self.tally.losses, self.texts, race.rules, len(race.looks))
        self.scores = _scores(evaluation, self.places, self.tally, seed)

    @property
    def hardest(self) -> float:
        """The p value of the rival that is hardest to tell from the leader, those that were dropped included."""
        return max([self.found.hardest or 0.0, *(drop.p for drop in self.evaluation.race.drops)])

    def choice(self, adjusted: Mapping[Field, float], fields: int) -> Choice:
        one, race = self.evaluation, self.evaluation.race
        p_adjusted = adjusted.get(one.field)
        settled = p_adjusted is None or p_adjusted <= race.rules.alpha
        # one field's share of the error rate, as for the hardest of them
        alpha = race.rules.final_alpha(len(race.looks)) / max(1, fields)
        tied = () if settled else self.found.ties(race.rules.alpha / max(1, fields))
        weight = int(self.tally.weights.sum())
        row = self._winner(tied, weight)
        rest = [other for other in self.found.order if other != row]
        runner_up, p, planned = (self.places[rest[0]] if rest else None), None, None
        if rest:
            leader, other = self.found.order[0], rest[0] if row == self.found.order[0] else row
            p = self.found.p[other]
            differences = self.tally.losses[other] - self.tally.losses[leader]
            planned = plan(differences, weight, alpha, settled)
        elif race.drops:
            runner_up, p = race.drops[-1].candidate, race.drops[-1].p
        edits = self.tally.tables[CER.name][0]
        return Choice(
            field=one.field,
            candidates=one.candidates,
            scores=self.scores,
            finished=tuple(self.places[other] for other in self.found.order),
            winner=self.places[row],
            runner_up=runner_up,
            p=p,
            p_adjusted=p_adjusted,
            settled=settled,
            ties=tuple(self.places[other] for other in tied),
            plan=planned,
            drops=tuple(race.drops),
            requests=one.requests,
            full_requests=one.full_requests,
            alike=len(edits) > 1 and bool((edits == edits[0]).all()),
            why=best_of(one.metric) if row == self.found.order[0] else CHEAPER,
        )

    def _winner(self, tied: Sequence[int], weight: int) -> int:
        """The leader, or one of those tied with it that is as good and cheaper."""
        pool = [self.found.order[0], *tied]
        row = cheapest_of_the_best(
            self.tally.losses.sum(axis=1)[pool],
            weight,
            [self.texts[row] for row in pool],
            [price(self.evaluation.scored[self.places[row]]) for row in pool],
            self.zone,
        )
        return pool[row]


def _scores(one: Evaluation, finished: Sequence[int], tally: Tally, seed: int) -> tuple[Score, ...]:
    """Those that saw the same documents are resampled together."""
    if one.field.is_record:
        return tuple(score_of(own, seed, one.metric) for own in one.scored)
    scores = dict(zip(finished, tally.scores(seed), strict=True))
    groups: dict[int, list[int]] = {}
    for drop in one.race.drops:
        groups.setdefault(drop.documents, []).append(drop.candidate)
    for places in groups.values():
        scores.update(zip(places, one.tally(places).scores(seed), strict=True))
    return tuple(scores[place] for place in range(len(one.candidates)))


def price(scored: Sequence[Scored]) -> tuple[float, float]:
    """Money, then tokens, of an answer on average."""
    count = len(scored)
    tokens = sum(one.answer.tokens_in + one.answer.tokens_out for one in scored)
    return round(sum(one.answer.cost for one in scored) / count, 9), tokens / count


def _flags(score: Score, alike: bool) -> tuple[str, ...]:
    flags = []
    if score.documents == 1:
        flags.append("one document: no interval, and nothing can be told apart")
    elif score.documents < FEW_DOCUMENTS and score.interval != "exact":
        flags.append(f"fewer than {FEW_DOCUMENTS} documents: the interval can be too narrow")
    if score.interval == "exact":
        flags.append("no error: the interval is for the share of erring documents")
    if alike:
        flags.append("all candidates that finished made the same edits")
    if score.cer > 1:
        flags.append("a CER above 1: the answers are longer than the truth")
    return tuple(flags)
