"""One field of a search: the documents that it is searched on, what was tried, and who leads."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from promptfit.evaluate.overall import score_of
from promptfit.score.metrics import Metric
from promptfit.search.history import SHORTENED
from promptfit.search.leaks import Guard, RecordGuard, guard_of
from promptfit.search.search_race import Document, Race, Runner, price_of
from promptfit.search.search_rules import SearchRules
from promptfit.search.search_sample import SearchSample
from promptfit.types import Field, Prompt, Recorder, Sample, Scored, Trial

LAST_PASS = 3
"""Full runs that are set aside for shortening the best prompt, or a quarter of the field's budget if that is less."""
GROWN = 3
"""Full runs that a grown sample has to leave room for, the best prompt's own among them."""


class FieldState:
    """What a search knows of one field. It asks nobody.

    Attributes:
        trials: Every prompt that was asked, by its text, in the order in which they ended.
        leader: The best prompt and all that it was asked, if any led.
        given: Prompts that the person gave the field to start from.
        unaskable: Texts that can't be asked.
        start: What the field starts from: those, else its question in the data set.

    Args:
        field: The field.
        sample: Its documents.
        every: All of its search samples, also those that prompts are not asked of.
        recorder: Receives every trial.
        given: Prompts that the person gave.
        metric: What prompts are compared by.
        seed: Of the trials' intervals.
    """

    def __init__(
        self,
        field: Field,
        sample: SearchSample,
        every: Sequence[Sample],
        recorder: Recorder,
        given: Sequence[Prompt],
        metric: Metric,
        seed: int,
    ) -> None:
        self.field, self.given, self.metric = field, tuple(given), metric
        self._recorder, self._seed = recorder, seed
        self.trials: dict[str, Trial] = {}
        self.leader: Runner | None = None
        self.unaskable: set[str] = set()
        self._sample, self._every = sample, every
        self._guard = self._made_guard()
        questions = Counter(sample.question.strip() for sample in self.samples)
        self.start = self.given or (Prompt(questions.most_common(1)[0][0] or field.name, "question"),)

    @property
    def documents(self) -> list[Document]:
        """Those that prompts are asked of now, in the seeded order."""
        return self._sample.documents

    @property
    def of(self) -> int:
        """How many documents there are."""
        return self._sample.of

    @property
    def samples(self) -> list[Sample]:
        """Theirs."""
        return [sample for document in self.documents for sample in document.samples]

    @property
    def names(self) -> set[str]:
        """The names of all that have not left."""
        return {document.name for document in self.documents}

    @property
    def best(self) -> Trial | None:
        """The leader's trial; it may have more documents to see."""
        return self.trials[self.leader.prompt.text] if self.leader else None

    @property
    def unseen(self) -> list[Document]:
        """What the leader has not seen."""
        return [one for one in self.documents if self.leader and one.name not in self.leader.losses]

    @property
    def aside(self) -> int:
        """Requests that the leader still needs."""
        return price_of(self.unseen)

    def leak(self, prompt: str) -> str:
        """Returns the true answer that a prompt gives away, or an empty text."""
        return self._guard.leak(prompt)

    def race(self, prompts: Sequence[Prompt], rules: SearchRules) -> Race:
        """A race of those that were not tried yet."""
        new = {prompt.text: prompt for prompt in prompts if prompt.text not in self.trials}
        start = {prompt.text for prompt in self.start}
        return Race(rules, self.documents, list(new.values()), self.leader, start, self.metric)

    def worthwhile(self, left: int, share: int, rules: SearchRules) -> bool:
        """Tells whether one more prompt could finish, and could be better by more than the indifference.

        What taking phrases out of the best one may cost in the end (``shorten``) is left for that.

        Args:
            left: Requests that the field may still spend.
            share: What it had at first.
            rules: The search's.
        """
        price = price_of(self.documents)
        if self.best is None:
            return left >= price
        aside = min(LAST_PASS * price, share // 4)
        return left >= price + aside and self.metric.loss(self.best.score) > rules.indifference

    def outgrown(self, left: int, rules: SearchRules) -> bool:
        """Tells whether the best prompt leaves too little to mend, and more documents are there and can be paid."""
        more = self._sample.next()
        if not more or not self.best or not self.best.finished:
            return False
        if self.metric.loss(self.best.score) > rules.indifference:
            return False
        return left >= GROWN * price_of([*self.documents, *more])

    def grow(self) -> None:
        """Takes more documents."""
        self._sample.grow()
        self._guard = self._made_guard()

    @property
    def answered(self) -> set[str]:
        """Documents of which any prompt had an answer."""
        return {one.sample.document for trial in self.trials.values() for one in trial.scored}

    def close(self, race: Race, iteration: int) -> None:
        """Keeps a race's trials, and its winner."""
        for runner in dict.fromkeys([*race.stopped, *race.running, *([race.winner] if race.winner else [])]):
            if runner.scored:
                self.keep(runner, len(runner.losses) == len(self.documents), iteration)
        if race.winner:
            self.leader = race.winner

    def keep(self, runner: Runner, finished: bool, iteration: int = 0) -> None:
        """Makes what a runner did a trial; the leader's is made again when it has seen more."""
        old = self.trials.get(runner.prompt.text)
        if not old or old.requests != len(runner.scored):
            self._record(runner.prompt, runner.scored, old.iteration if old else iteration, finished)

    def note(self, prompt: Prompt, scored: Sequence[Scored], iteration: int) -> None:
        """Makes what probes found of a prompt an unfinished trial, if no race has seen it."""
        if prompt.text not in self.trials:
            self._record(prompt, scored, iteration, finished=False)

    def leave(self, name: str) -> None:
        """A document leaves the comparison: the sample, what the leader did, and every trial that had seen it."""
        self._sample.leave(name)
        if self.leader:
            self.leader.leave(name)
        for text, trial in list(self.trials.items()):
            left = tuple(one for one in trial.scored if one.sample.document != name)
            if not left:
                del self.trials[text]
            elif len(left) < len(trial.scored):
                score = score_of(left, self._seed, self.metric)
                self.trials[text] = replace(trial, score=score, scored=left, requests=len(left))

    def rivals(self) -> list[Runner]:
        """The start's prompts that the leader has to be better than, the best first; none if it comes of the start."""
        starts = {prompt.text for prompt in self.start}
        if not self.leader or self._uncut(self.leader.prompt) in starts:
            return []
        tried = [trial for text, trial in self.trials.items() if text in starts]
        tried.sort(key=lambda one: (self.metric.rank(one.score), len(one.prompt.text), one.prompt.text))
        return [Runner.of(trial, self.metric) for trial in tried]

    def _uncut(self, prompt: Prompt) -> str:
        """The prompt before anything was taken out of it."""
        while prompt.origin == SHORTENED and prompt.parent in self.trials:
            prompt = self.trials[prompt.parent].prompt
        return prompt.text

    def _record(self, prompt: Prompt, scored: Sequence[Scored], iteration: int, finished: bool) -> None:
        score = score_of(scored, self._seed, self.metric)
        trial = Trial(self.field, prompt, iteration, score, tuple(scored), finished, requests=len(scored))
        self.trials[prompt.text] = trial
        self._recorder.trial(trial)

    def _made_guard(self) -> Guard | RecordGuard:
        return guard_of(self.field, self._every, self.samples)
