"""What every strategy drives: prompts in, trials out; it carries the answers, the budget and the race."""

from __future__ import annotations

import logging
import threading
from collections import Counter
from collections.abc import Mapping, Sequence

from promptfit.answer.base import Answerer
from promptfit.score.aggregate import pool
from promptfit.score.normalize import Chain
from promptfit.search.ask import ask
from promptfit.search.budget import Budget
from promptfit.search.history import SHORTENED, History
from promptfit.search.leaks import Guard
from promptfit.search.progress import Progress
from promptfit.search.race import Document, Race, Runner, price_of
from promptfit.search.racing import Racing
from promptfit.search.sampling import SearchSample, in_seeded_order
from promptfit.types import Field, Prompt, Recorder, Sample, Scored, Trial

log = logging.getLogger(__name__)

GROWN = 3
"""Full runs that a grown sample has to leave room for, the best prompt's own among them."""
LAST_PASS = 3
"""Full runs that are set aside for shortening the best prompt, or a quarter of the field's budget if that is less."""


class Objective:
    """Scores prompts on the search samples of their fields. Threads may call it side by side.

    Attributes:
        fields: In the order in which they first appear.
        seed: Seed of every random choice of the search.
        leaked: Prompts that were rejected because they have a true answer in them.

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
        start: Prompts that fields start from; those without any start from the data set's own question.
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
        start: Mapping[Field, Sequence[Prompt]] | None = None,
    ) -> None:
        self.fields = list(samples)
        self.seed = seed
        self.leaked = 0
        self.racing = racing or Racing()
        self._answerer, self._chain, self._system = answerer, chain, system
        self._budget, self._recorder = budget, recorder
        self._progress = progress or Progress(budget.requests)
        self._samples = {
            field: SearchSample(field, documents, budget.share(field), self.racing.runs, self.racing.least)
            for field, documents in in_seeded_order(samples, seed).items()
        }
        self._trials: dict[Field, dict[str, Trial]] = {field: {} for field in samples}
        self._leaders: dict[Field, Runner] = {}
        self._start = {field: tuple((start or {}).get(field, ())) for field in samples}
        self._truths = {field: [sample.answer for sample in own] for field, own in samples.items()}
        self._guards = {field: self._guard(field) for field in samples}
        self._rejected: set[tuple[Field, str]] = set()
        self._lock = threading.RLock()

    def evaluate(
        self, prompts: Mapping[Field, Sequence[Prompt]], iteration: int = 0, racing: Racing | None = None
    ) -> dict[Field, list[Trial]]:
        """Races new prompts of many fields in lockstep: every block of all fields is one call of the answerer.

        A prompt that the field has tried already is not asked again. One that the budget can't pay has no trial, and
        neither has one that gives a true answer away.

        Args:
            prompts: The prompts of each field.
            iteration: The round, for the record.
            racing: Other rules than the search's own.

        Returns:
            The trials of these prompts, in the order given; those that a race stopped have ``finished=False``.
        """
        with self._lock:
            races = {f: self._race(f, self._clean(f, own), racing or self.racing) for f, own in prompts.items()}
            while any(not race.over for race in races.values()):
                self._ask({field: race for field, race in races.items() if not race.over})
            for field, race in races.items():
                self._close(field, race, iteration)
            return {
                field: [self._trials[field][p.text] for p in own if p.text in self._trials[field]]
                for field, own in prompts.items()
            }

    def probe(self, field: Field, prompt: Prompt, samples: Sequence[Sample]) -> list[Scored] | None:
        """Asks one prompt of just these samples, without a race: for techniques that choose samples themselves.

        Args:
            field: Whose budget pays.
            prompt: What to ask; it becomes no trial by this, see ``note``.
            samples: Some of the field's search samples.

        Returns:
            One scored sample each; None where the budget does not hold them or the prompt gives an answer away.
        """
        with self._lock:
            if not self._clean(field, [prompt]) or self.left(field) - self._aside(field) < len(samples):
                return None
            self._budget.spend(field, len(samples))
            pairs = [(prompt, sample) for sample in samples]
            return ask(self._answerer, pairs, self._chain, self._system, self._progress.advance)

    def note(self, field: Field, prompt: Prompt, scored: Sequence[Scored], iteration: int) -> None:
        """Makes what probes found of a prompt an unfinished trial, if no race has seen it; the probes have paid.

        Args:
            field: Whose prompt it is.
            prompt: What was asked.
            scored: All that it was asked of, at least one sample.
            iteration: The round, for the record.
        """
        with self._lock:
            if prompt.text in self._trials[field]:
                return
            score, own = pool(scored, self.seed), tuple(scored)
            trial = Trial(field, prompt, iteration, score, own, finished=False, requests=len(own))
            self._trials[field][prompt.text] = trial
            self._recorder.trial(trial)

    def settle(self, fields: Sequence[Field] | None = None) -> None:
        """Asks leaders of all documents that they have not seen; races have set the price aside.

        Args:
            fields: Whose; all fields' if left out.
        """
        with self._lock:
            owing = [f for f in fields or self.fields if self._unseen(f) and self._aside(f) <= self.left(f)]
            unseen = {field: self._unseen(field) for field in owing}
            leaders = {field: self._leaders[field] for field in unseen}
            self._fill([(field, leaders[field], document) for field, own in unseen.items() for document in own])
            for field, runner in leaders.items():
                self._keep(field, runner, finished=True)

    def given(self, field: Field) -> tuple[Prompt, ...]:
        """Returns the prompts that the person gave the field to start from, if any."""
        return self._start[field]

    def start(self, field: Field) -> tuple[Prompt, ...]:
        """Returns what the field starts from: the prompts that were given, else its question in the data set."""
        if self._start[field]:
            return self._start[field]
        questions = Counter(sample.question.strip() for sample in self.samples(field))
        return (Prompt(questions.most_common(1)[0][0] or field.name, "question"),)

    def samples(self, field: Field) -> list[Sample]:
        """Returns the samples that the field is searched on now, document by document in the seeded order."""
        return [sample for document in self._samples[field].documents for sample in document.samples]

    def documents(self, field: Field) -> tuple[int, int]:
        """Returns how many documents the field is searched on, and how many there are."""
        return len(self._samples[field].documents), self._samples[field].of

    def grow(self) -> None:
        """Takes more documents for fields whose best prompt leaves too little to mend, and asks that of them, too.

        As long as the budget then still pays for ``GROWN`` full runs.
        """
        with self._lock:
            while fields := [field for field in self.fields if self._outgrown(field)]:
                for field in fields:
                    self._samples[field].grow()
                    self._guards[field] = self._guard(field)
                self.settle(fields)

    def confirm(self) -> None:
        """Settles the leaders, and goes back to what a field started from where its leader mends too little of that.

        A search that tries many prompts finds one that looks a little better by luck alone.
        """
        with self._lock:
            self.settle()
            for field in self.fields:
                if back := self._unbettered(field):
                    self._leaders[field] = back
                    self.settle([field])

    def left(self, field: Field) -> int:
        """Returns the requests that the field may still spend."""
        return self._budget.left(field)

    def worthwhile(self, field: Field) -> bool:
        """Tells whether one more prompt could finish, and could be better by more than the indifference.

        What taking phrases out of the best one may cost in the end (``shorten``) is left for that.
        """
        leader, price = self.leader(field), price_of(self._samples[field].documents)
        if leader is None:
            return self._budget.left(field) >= price
        aside = min(LAST_PASS * price, self._budget.share(field) // 4)
        return self._budget.left(field) >= price + aside and leader.score.cer > self.racing.indifference

    def leader(self, field: Field) -> Trial | None:
        """Returns the field's best trial, if any led; it may have more documents to see until ``settle``."""
        runner = self._leaders.get(field)
        return self._trials[field][runner.prompt.text] if runner else None

    def leading(self, field: Field) -> Prompt | None:
        """Returns the best trial's prompt."""
        return self._leaders[field].prompt if field in self._leaders else None

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

    def _guard(self, field: Field) -> Guard:
        return Guard(self._truths[field], field.name, [sample.answer for sample in self.samples(field)])

    def _clean(self, field: Field, prompts: Sequence[Prompt]) -> list[Prompt]:
        """The prompts without a true answer in them; the others are counted once each."""
        kept = []
        for prompt in prompts:
            leak = self._guards[field].leak(prompt.text)
            if not leak:
                kept.append(prompt)
            elif (field, prompt.text) not in self._rejected:
                self._rejected.add((field, prompt.text))
                self.leaked += 1
                log.warning("%s: a prompt is rejected, it gives a true answer away: %.80r", field.name, prompt.text)
        return kept

    def _race(self, field: Field, prompts: Sequence[Prompt], racing: Racing) -> Race:
        new = {prompt.text: prompt for prompt in prompts if prompt.text not in self._trials[field]}
        start = {prompt.text for prompt in self.start(field)}
        return Race(racing, self._samples[field].documents, list(new.values()), self._leaders.get(field), start)

    def _ask(self, races: Mapping[Field, Race]) -> None:
        """Asks the next block of every race in one call, and looks at the standings."""
        blocks = {field: race.block(self._budget.left(field)) for field, race in races.items()}
        self._fill([(field, runner, document) for field, block in blocks.items() for runner, document in block])
        for race in races.values():
            race.look()

    def _fill(self, wanted: Sequence[tuple[Field, Runner, Document]]) -> None:
        """Asks runners of documents, in one call that each field pays its part of."""
        for field, _, document in wanted:
            self._budget.spend(field, len(document.samples))
        pairs = [(runner.prompt, sample) for _, runner, document in wanted for sample in document.samples]
        scored = iter(ask(self._answerer, pairs, self._chain, self._system, self._progress.advance))
        for _, runner, document in wanted:
            runner.take(document, [next(scored) for _ in document.samples])

    def _close(self, field: Field, race: Race, iteration: int) -> None:
        """Keeps a race's trials, and its winner."""
        for runner in dict.fromkeys([*race.stopped, *race.running, *([race.winner] if race.winner else [])]):
            if runner.scored:
                self._keep(field, runner, len(runner.edits) == len(self._samples[field].documents), iteration)
        if race.winner:
            self._leaders[field] = race.winner

    def _keep(self, field: Field, runner: Runner, finished: bool, iteration: int = 0) -> None:
        """Makes what a runner did a trial; the leader's is made again when it has seen more."""
        old = self._trials[field].get(runner.prompt.text)
        if old and old.requests == len(runner.scored):
            return
        score, scored = pool(runner.scored, self.seed), tuple(runner.scored)
        iteration = old.iteration if old else iteration
        trial = Trial(field, runner.prompt, iteration, score, scored, finished, requests=len(scored))
        self._trials[field][runner.prompt.text] = trial
        self._recorder.trial(trial)

    def _unseen(self, field: Field) -> list[Document]:
        """What the leader has not seen."""
        leader = self._leaders.get(field)
        return [one for one in self._samples[field].documents if leader and one.name not in leader.edits]

    def _unbettered(self, field: Field) -> Runner | None:
        """The start, measured on all documents, if the leader is hardly better."""
        leader, starts = self.leader(field), {prompt.text for prompt in self.start(field)}
        if not leader or self._uncut(field, leader.prompt) in starts:
            return None
        tried = [trial for text, trial in self._trials[field].items() if text in starts]
        for trial in sorted(tried, key=lambda one: (one.score.cer, len(one.prompt.text), one.prompt.text)):
            back = Runner.of(trial)
            unseen = [one for one in self._samples[field].documents if one.name not in back.edits]
            if self.racing.betters(leader, trial) or price_of(unseen) > self.left(field):
                continue
            self._fill([(field, back, document) for document in unseen])
            self._keep(field, back, finished=True)
            if not self.racing.betters(leader, self._trials[field][trial.prompt.text]):
                return back
        return None

    def _uncut(self, field: Field, prompt: Prompt) -> str:
        """The prompt before anything was taken out of it."""
        while prompt.origin == SHORTENED and prompt.parent in self._trials[field]:
            prompt = self._trials[field][prompt.parent].prompt
        return prompt.text

    def _outgrown(self, field: Field) -> bool:
        """Whether a larger sample may tell more, and can be paid."""
        sample, leader = self._samples[field], self.leader(field)
        if not leader or not leader.finished or leader.score.cer > self.racing.indifference or not sample.next():
            return False
        return self.left(field) >= GROWN * price_of([*sample.documents, *sample.next()])

    def _aside(self, field: Field) -> int:
        """Requests that the leader still needs."""
        return price_of(self._unseen(field))
