"""What every strategy drives: prompts in, trials out; it carries the answers, the budget and the race."""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager

from promptfit.answer.answerer import Answerer
from promptfit.evaluate.obtained import Obtained
from promptfit.evaluate.scoring import Scoring
from promptfit.score.metrics import CER, Metric
from promptfit.search.budget import Budget
from promptfit.search.budgeted_answers import BudgetedAnswers
from promptfit.search.field_state import FieldState
from promptfit.search.history import History
from promptfit.search.leaks import Rejected
from promptfit.search.search_race import Race, Runner, price_of
from promptfit.search.search_rules import SearchRules
from promptfit.search.search_sample import SearchSample, in_seeded_order
from promptfit.support.console.progress import Progress
from promptfit.types import Field, Prompt, Recorder, Sample, Scored, Trial


class Objective:
    """Scores prompts on the search samples of their fields.

    Threads may call it side by side: calls about one field take turns, and those about others do not wait for them.

    Attributes:
        fields: In the order in which they first appear.
        seed: Seed of every random choice of the search.
        metric: What prompts are compared by.
        obtained: How answers ended, and which documents and prompts are missing.

    Args:
        answerer: The VLM under test, usually with kept answers.
        samples: The search split of every field; nothing else is ever shown.
        scoring: How answers are read and compared.
        budget: What each field may spend.
        recorder: Receives every trial.
        rules: When a prompt stops early, and what is worth asking for.
        seed: Seed of the documents' order and of the intervals.
        system: The configuration's system prompt.
        progress: Watches the answers arrive.
        start: Prompts that fields start from; those without any start from the data set's own question.
        metric: What prompts are compared by.
        obtained: Keeps the books; of its own if not given.
    """

    def __init__(
        self,
        answerer: Answerer,
        samples: Mapping[Field, Sequence[Sample]],
        scoring: Scoring,
        budget: Budget,
        recorder: Recorder,
        rules: SearchRules,
        seed: int = 0,
        system: str = "",
        progress: Progress | None = None,
        start: Mapping[Field, Sequence[Prompt]] | None = None,
        metric: Metric = CER,
        obtained: Obtained | None = None,
    ) -> None:
        self.fields = list(samples)
        self.obtained = obtained or Obtained()
        self.seed, self.metric = seed, metric
        self.rules = rules
        self._budget, self._recorder = budget, recorder
        self._progress = progress or Progress(budget.requests)
        self._answers = BudgetedAnswers(answerer, scoring, system, budget, self.obtained, self._progress.advance)
        self._states = {
            field: FieldState(
                field,
                SearchSample(field, documents, budget.share(field), self.rules.runs, self.rules.least),
                samples[field],
                recorder,
                (start or {}).get(field, ()),
                metric,
                seed,
            )
            for field, documents in in_seeded_order(samples, seed).items()
        }
        for state in self._states.values():
            self.obtained.expect(state.samples)
        self._rejected = Rejected()
        self._turns = {field: threading.RLock() for field in self.fields}

    def evaluate(
        self, prompts: Mapping[Field, Sequence[Prompt]], iteration: int = 0, rules: SearchRules | None = None
    ) -> dict[Field, list[Trial]]:
        """Races new prompts of many fields in lockstep: every block of all fields is one call of the answerer.

        A prompt that the field has tried already is not asked again. One that the budget can't pay has no trial, and
        neither has one that gives a true answer away, or that can't be asked. A document of which no answer can be
        obtained leaves the field for all prompts; where too many do, the races end.

        Args:
            prompts: The prompts of each field.
            iteration: The round, for the record.
            rules: Other rules than the search's own.

        Returns:
            The trials of these prompts, in the order given; those that a race stopped have ``finished=False``.
        """
        with self._turn(prompts):
            rules = rules or self.rules
            races = {f: self._states[f].race(self._clean(f, own), rules) for f, own in prompts.items()}
            while any(not race.over for race in races.values()) and not self.obtained.over:
                self._ask({field: race for field, race in races.items() if not race.over})
            for field, race in races.items():
                self._states[field].close(race, iteration)
            return {
                field: [self._states[field].trials[p.text] for p in own if p.text in self._states[field].trials]
                for field, own in prompts.items()
            }

    def probe(self, field: Field, prompt: Prompt, samples: Sequence[Sample]) -> list[Scored] | None:
        """Asks one prompt of just these samples, without a race: for techniques that choose samples themselves.

        Args:
            field: Whose budget pays.
            prompt: What to ask; it becomes no trial by this, see ``note``.
            samples: Some of the field's search samples.

        Returns:
            One scored sample each, less those of documents that leave the field; None where the budget does not hold
            them, the prompt gives an answer away, or it can't be asked.
        """
        with self._turn([field]):
            state = self._states[field]
            if not self._clean(field, [prompt]) or self.left(field) - state.aside < len(samples):
                return None
            return self._answers.probe(state, prompt, samples)

    def note(self, field: Field, prompt: Prompt, scored: Sequence[Scored], iteration: int) -> None:
        """Makes what probes found of a prompt an unfinished trial, if no race has seen it; the probes have paid.

        Args:
            field: Whose prompt it is.
            prompt: What was asked.
            scored: All that it was asked of, at least one sample.
            iteration: The round, for the record.
        """
        with self._turn([field]):
            self._states[field].note(prompt, scored, iteration)

    def settle(self, fields: Sequence[Field] | None = None) -> None:
        """Asks leaders of all documents that they have not seen; races have set the price aside.

        Args:
            fields: Whose; all fields' if left out.
        """
        with self._turn(fields or self.fields):
            states = [self._states[field] for field in fields or self.fields]
            owing = [(one, one.leader) for one in states if one.leader and 0 < one.aside <= self.left(one.field)]
            self._answers.fill([(one, leader, document) for one, leader in owing for document in one.unseen])
            for one, leader in owing:
                one.keep(leader, finished=True)

    def grow(self) -> None:
        """Takes more documents for fields whose best prompt leaves too little to mend, and asks that of them, too.

        As long as the budget then still pays for some full runs (``field_state.GROWN``).
        """
        with self._turn(self.fields):
            while fields := [f for f in self.fields if self._states[f].outgrown(self.left(f), self.rules)]:
                for field in fields:
                    self._states[field].grow()
                    self.obtained.expect(self._states[field].samples)
                self.settle(fields)

    def confirm(self) -> None:
        """Settles the leaders, and goes back to what a field started from where its leader mends too little of that.

        A search that tries many prompts finds one that looks a little better by luck alone.
        """
        with self._turn(self.fields):
            self.settle()
            for field, state in self._states.items():
                if back := next((one for one in state.rivals() if self._as_good(field, one)), None):
                    state.leader = back

    @property
    def leaks(self) -> tuple[str, ...]:
        """What was rejected because it has a true answer in it: a line a prompt."""
        return self._rejected.lines

    def given(self, field: Field) -> tuple[Prompt, ...]:
        """Returns the prompts that the person gave the field to start from, if any."""
        return self._states[field].given

    def start(self, field: Field) -> tuple[Prompt, ...]:
        """Returns what the field starts from: the prompts that were given, else its question in the data set."""
        return self._states[field].start

    def samples(self, field: Field) -> list[Sample]:
        """Returns the samples that the field is searched on now, document by document in the seeded order."""
        return self._states[field].samples

    def documents(self, field: Field) -> tuple[int, int]:
        """Returns how many documents the field is searched on, and how many there are."""
        return len(self._states[field].documents), self._states[field].of

    def left(self, field: Field) -> int:
        """Returns the requests that the field may still spend."""
        return self._budget.left(field)

    def worthwhile(self, field: Field) -> bool:
        """Tells whether one more prompt could finish, and could be better by more than the indifference."""
        worthwhile = self._states[field].worthwhile(self.left(field), self._budget.share(field), self.rules)
        return worthwhile and not self.obtained.over

    def leader(self, field: Field) -> Trial | None:
        """Returns the field's best trial, if any led; it may have more documents to see until ``settle``."""
        return self._states[field].best

    def leading(self, field: Field) -> Prompt | None:
        """Returns the best trial's prompt."""
        leader = self._states[field].leader
        return leader.prompt if leader else None

    def trials(self, field: Field) -> list[Trial]:
        """Returns the field's trials in the order in which they ended."""
        return list(self._states[field].trials.values())

    def history(self, field: Field) -> History:
        """Returns what the field's proposer may know now."""
        leaders = {other: self.leader(other) for other in self.fields if other != field}
        peers = {other: trial for other, trial in leaders.items() if trial}
        trials, left = tuple(self.trials(field)), self._budget.left(field)
        return History(field, trials, self.leader(field), peers, left, self.metric)

    def report(self, iteration: int) -> None:
        """Tells the recorder and the screen how far the search is."""
        name = self.metric.name
        best = {field: trial.score.values[name] for field in self.fields if (trial := self.leader(field))}
        self._progress.round(iteration, best, self.metric.title)
        mean = sum(best.values()) / len(best) if best else float("nan")
        self._recorder.metrics({name: mean, "requests": self._budget.spent()}, step=iteration)

    @contextmanager
    def _turn(self, fields: Collection[Field]) -> Iterator[None]:
        """Waits until nobody else is about these fields; in one order, so that nobody waits for each other."""
        with ExitStack() as turns:
            for field in self.fields:
                if field in fields:
                    turns.enter_context(self._turns[field])
            yield

    def _clean(self, field: Field, prompts: Sequence[Prompt]) -> list[Prompt]:
        """The prompts that can be asked, without a true answer in them; the others are said once each."""
        state, kept = self._states[field], []
        for prompt in prompts:
            if prompt.text in state.unaskable:
                continue
            if leak := state.leak(prompt.text):
                self._rejected.add(field, prompt, leak, prompt in state.given)
            else:
                kept.append(prompt)
        return kept

    def _ask(self, races: Mapping[Field, Race]) -> None:
        """Asks the next block of every race in one call, and looks at the standings."""
        blocks = {field: race.block(self._budget.left(field)) for field, race in races.items()}
        wanted = [
            (self._states[field], runner, document) for field, block in blocks.items() for runner, document in block
        ]
        self._answers.fill(wanted, races)
        for race in races.values():
            race.look()

    def _as_good(self, field: Field, start: Runner) -> bool:
        """Whether the leader is hardly better than a start, on all documents; it is asked of the rest if it may be."""
        state = self._states[field]
        unseen = [one for one in state.documents if one.name not in start.losses]
        leader, trial = state.best, state.trials[start.prompt.text]
        assert leader
        if self.rules.betters(leader, trial, self.metric) or price_of(unseen) > self.left(field):
            return False
        self._answers.fill([(state, start, document) for document in unseen])
        state.keep(start, finished=True)
        return not self.rules.betters(leader, state.trials[start.prompt.text], self.metric)
