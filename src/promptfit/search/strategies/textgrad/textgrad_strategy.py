"""TextGrad (arXiv 2406.07496): the prompt is a variable, its mistakes the loss, and criticism in words the gradient.

A round is a step of the real package from the field's best prompt:

- The loss is the report of that prompt's trial: its CER, a batch of wrong answers (the worst one, and others drawn
  anew each round), a right one, and what was tried before. The answers are there already, so it costs no call.
- Backward, the critic reads the report and says what to change: one call, which shows it the documents' images.
- ``TextualGradientDescent`` rewrites the prompt by the criticism and the meta-prompt's constraints: one call a prompt.
  A few draws of the same step cost less than as many gradients, and the race tells them apart cheaply.

The new prompts race against the best one. If they lose, the next step starts from the best one again, as the package's
own tutorial puts the old prompt back.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from promptfit.generate.author import Author
from promptfit.generate.brief import showing
from promptfit.generate.generator import Flagged, Message
from promptfit.generate.proposals import read
from promptfit.generate.spending import Exhausted
from promptfit.score.metrics import Metric
from promptfit.search.history import History
from promptfit.search.loop import search_in_rounds
from promptfit.search.mistakes import Mistake, describe, mistakes, pictured
from promptfit.search.objective import Objective
from promptfit.search.shorten import shorten, without_each_sentence
from promptfit.types import Field, Prompt, Trial

if TYPE_CHECKING:
    from promptfit.search.strategies.textgrad.gradient_step import Descent

SPARE = 2
"""Further steps of a round where replies hold no new prompt."""
TRIED = 4
"""Latest unsuccessful prompts that the report names, so that they are not proposed again."""


class TextGradStrategy:
    """Improves every field's prompt step by step.

    Args:
        width: Steps along one gradient, each a draw of its own; the race tells their prompts apart cheaply.
        batch: Wrong answers in a loss.
        right: Right answers in a loss, so that what works is kept.
        rounds: Rounds at most.
        patience: Rounds without a better prompt after which a field is done.
    """

    def __init__(self, width: int, batch: int, right: int, rounds: int, patience: int) -> None:
        self.width, self.batch, self.right = width, batch, right
        self.rounds, self.patience = rounds, patience

    def search(self, objective: Objective, author: Author) -> None:
        """See ``Strategy.search``."""
        steppers = {
            field: Stepper(self, field, objective.start(field), author, objective.seed) for field in objective.fields
        }
        search_in_rounds(objective, steppers, self.patience, author.concurrency)
        shorten(objective, dict.fromkeys(steppers, without_each_sentence))
        for stepper in steppers.values():
            author.replies.update(stepper.faults)

    def calls(self, requests: int) -> int:
        """One for the gradient and one for each step; a round asks every prompt of two documents at least."""
        return (1 + self.width) * min(self.rounds, max(1, requests // (2 * self.width)))


class Stepper:
    """One field's steps.

    Attributes:
        faults: Replies of the optimizer without a new prompt, by name: those of ``proposals.read``, and ``repeated``.
    """

    def __init__(
        self, rules: TextGradStrategy, field: Field, start: Sequence[Prompt], author: Author, seed: int
    ) -> None:
        self.rules, self.field, self.start, self.author = rules, field, start, author
        self.faults: Counter[str] = Counter()
        self._draws = random.Random(f"{seed} {field.doc_type} {field.question_type}")
        self._given = {prompt.text for prompt in start}
        self._rounds = 0

    def propose(self, history: History) -> list[Prompt]:
        """Returns the starting prompts, then improved ones round by round; none when rounds or money are used up."""
        self._rounds += 1
        if self._rounds == 1:
            return list(self.start)
        if self._rounds > self.rules.rounds + 1 or not history.leader:
            return []
        texts = islice(self._improved(history, history.leader), self.rules.width)
        return [Prompt(text, self.author.generator_name, history.leader.prompt.text) for text in texts]

    def _improved(self, history: History, leader: Trial) -> Iterator[str]:
        """One gradient, and prompts that steps along it lead to; what the last money bought is still given."""
        try:
            descent = self._descent(history, leader)
            for _ in range(self.rules.width + SPARE):
                reply = read(descent.step(), wanted=1)
                new = set(reply.prompts) - self._given
                if fault := reply.fault or ("" if new else "repeated"):
                    self.faults[fault] += 1
                self._given |= new
                yield from new
        except (Exhausted, Flagged):
            return

    def _descent(self, history: History, leader: Trial) -> Descent:
        from promptfit.search.strategies.textgrad.gradient_step import Descent, GeneratorEngine

        wrong, images = pictured(self._wrong(leader, history.metric), self.author.mistake_images)
        brief, name = showing(self.author.brief(self.field), images), self.author.generator_name
        texts, words = self.author.metaprompt.of(self.field), brief.words()
        return Descent(
            leader.prompt.text,
            role=texts.render("role", **words),
            loss=self._report(history, leader, wrong),
            purpose=texts.render("loss", **words, prompt=leader.prompt.text, mistakes=_lines(wrong)),
            critic=GeneratorEngine(name, lambda system, text: self._ask(system, text, *brief.images)),
            optimizer=GeneratorEngine(name, self._ask),
            constraints=texts.constraints(**words),
        )

    def _ask(self, system: str, text: str, *images: Path) -> str:
        return self.author.ask(self.field, [Message("system", system), Message("user", text, images)]).text

    def _wrong(self, leader: Trial, metric: Metric) -> list[Mistake]:
        """The worst mistake, and others drawn anew, so that another step from the same prompt learns something else."""
        worst, *others = mistakes(leader.scored, len(leader.scored), metric)
        return [worst, *self._draws.sample(others, min(len(others), self.rules.batch - 1))]

    def _report(self, history: History, leader: Trial, wrong: Sequence[Mistake]) -> str:
        metric = history.metric
        right = dict.fromkeys(one.reading.value for one in leader.scored if not metric.units(one.counts)[0])
        tried = [describe(trial, metric) for trial in history.trials if trial is not leader]
        parts = {
            "wrong answers": map(str, wrong),
            "right answers": list(right)[: self.rules.right],
            "prompts that were tried and are no better": tried[-TRIED:],
        }
        told = [f"{head}:\n{_lines(lines)}" for head, lines in parts.items()]
        return "\n".join([f"field: {self.field.name}", describe(leader, metric), *told])


def _lines(parts: Iterable[object]) -> str:
    return "\n".join(f"- {part}" for part in parts) or "-"
