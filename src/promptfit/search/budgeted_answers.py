"""Answers that fields pay for: asked in one call, those that could not be obtained sorted out, the others handed on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from promptfit.answer.answerer import Answerer
from promptfit.evaluate.ask import Pair, Seen, asked
from promptfit.evaluate.obtained import Obtained
from promptfit.evaluate.scoring import Scoring
from promptfit.search.budget import Budget
from promptfit.search.field_state import FieldState
from promptfit.search.search_race import Document, Race, Runner
from promptfit.search.sort_out import missed, sort_out
from promptfit.types import Field, NoAnswer, Prompt, Sample, Scored


class BudgetedAnswers:
    """Asks for the fields of a search. Calls about one field take turns; that is the caller's to see to.

    Args:
        answerer: The VLM under test, usually with kept answers.
        scoring: How answers are read and compared.
        system: The configuration's system prompt.
        budget: What each field may spend.
        obtained: Keeps the books.
        seen: Called as each answer arrives.
    """

    def __init__(
        self,
        answerer: Answerer,
        scoring: Scoring,
        system: str,
        budget: Budget,
        obtained: Obtained,
        seen: Seen,
    ) -> None:
        self._answerer, self._scoring, self._system = answerer, scoring, system
        self._budget, self._obtained, self._seen = budget, obtained, seen

    def probe(self, state: FieldState, prompt: Prompt, samples: Sequence[Sample]) -> list[Scored] | None:
        """Asks one prompt of some samples.

        Returns:
            One scored sample each, less those of documents that leave the field; None where the prompt can't be asked.
        """
        self._budget.spend(state.field, len(samples))
        got = self._asked([(prompt, sample) for sample in samples])
        cells = {(prompt.text, one.document): missed([own]) for one, own in zip(samples, got, strict=True)}
        sort_out(state, cells, (), None, self._obtained)
        names = state.names
        kept = [one for one in got if isinstance(one, Scored) and one.sample.document in names]
        return None if prompt.text in state.unaskable else kept

    def fill(
        self, wanted: Sequence[tuple[FieldState, Runner, Document]], races: Mapping[Field, Race] | None = None
    ) -> None:
        """Asks runners of documents, in one call that each field pays its part of.

        Args:
            wanted: Who is asked of what, each for the field whose state it is.
            races: Those that the runners are in.
        """
        for state, _, document in wanted:
            self._budget.spend(state.field, len(document.samples))
        got = iter(self._asked([(runner.prompt, s) for _, runner, document in wanted for s in document.samples]))
        answers = [[next(got) for _ in document.samples] for *_, document in wanted]
        states = {state.field: state for state, *_ in wanted}
        cells: dict[Field, dict[tuple[str, str], NoAnswer | None]] = {field: {} for field in states}
        for (state, runner, document), own in zip(wanted, answers, strict=True):
            cells[state.field][runner.prompt.text, document.name] = missed(own)
        seen = {name for own in cells.values() for (_, name), why in own.items() if not why}
        for field, state in states.items():
            sort_out(state, cells[field], seen, (races or {}).get(field), self._obtained)
        names = {field: state.names for field, state in states.items()}
        for (state, runner, document), own in zip(wanted, answers, strict=True):
            if runner.prompt.text not in state.unaskable and document.name in names[state.field]:
                runner.take(document, [one for one in own if isinstance(one, Scored)])

    def _asked(self, pairs: Sequence[Pair]) -> list[Scored | NoAnswer]:
        return asked(self._answerer, pairs, self._scoring, self._obtained, self._system, self._seen)
