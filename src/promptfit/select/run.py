"""A whole selection: evaluate on `select`, choose, measure what was chosen on `test`, once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from promptfit.answer.base import Answerer
from promptfit.score.normalize import Chain
from promptfit.search.ask import measure, nothing
from promptfit.search.run import by_field
from promptfit.select.candidates import Candidates
from promptfit.select.choose import Choice, choose
from promptfit.select.evaluate import Evaluation, evaluate
from promptfit.select.overall import Overall, overall
from promptfit.select.racing import SelectRacing
from promptfit.select.single import Single, best_label, compare_single, of_label
from promptfit.types import Field, Prompt, PromptfitError, Sample, Score, Trial

SPLITS = ("select", "test")


@dataclass(frozen=True, slots=True)
class Selection:
    """What was selected, how sure it is, and what it took."""

    choices: Mapping[Field, Choice]
    evaluations: Mapping[Field, Evaluation]
    test: Mapping[Field, Trial]
    """The winner on `test`: the number to quote. A field without a sample there is left out."""
    select_overall: Overall
    """The best collection on `select`, on which it was chosen."""
    test_overall: Overall | None
    """The best collection on `test`."""
    single: Single | None
    """The best label's own collection against the mixed one; None where there is one label, or no `test` sample."""
    test_requests: int
    """Logical requests on `test`."""

    @property
    def requests(self) -> int:
        """Logical requests on `select`."""
        return sum(one.requests for one in self.choices.values())

    @property
    def full_requests(self) -> int:
        """Those that the same would have taken without a race."""
        return sum(one.full_requests for one in self.choices.values())

    def trials(self, field: Field) -> list[Trial]:
        """The field's candidates as a recorder takes them; a prompt's origin names the labels that found it."""
        choice, evaluation = self.choices[field], self.evaluations[field]
        made = zip(choice.candidates, choice.scores, evaluation.scored, strict=True)
        return [
            Trial(field, Prompt(one.text, ", ".join(one.labels)), 0, score, own, place in choice.finished, len(own))
            for place, (one, score, own) in enumerate(made)
        ]

    def gaps(self, field: Field) -> Gaps:
        """How far the figures before were too good for the field's winner."""
        measured = self.test.get(field)
        choice = self.choices[field]
        return gaps(measured.score if measured else None, choice.score, choice.best.cer)

    def figures(self) -> dict[str, float]:
        """Returns the selection's metrics; those that are not known are left out."""
        stage1 = [gap for field in self.choices if (gap := self.gaps(field).stage1) is not None]
        figures = {
            "cer_macro_select": self.select_overall.macro,
            "cer_select": self.select_overall.pooled.cer,
            "requests": float(self.requests),
            "requests_test": float(self.test_requests),
            "share_of_full": self.requests / self.full_requests,
            "fields": float(len(self.choices)),
            "settled": float(sum(one.settled for one in self.choices.values())),
            "candidates": float(sum(len(one.candidates) for one in self.choices.values())),
        }
        if self.test_overall:
            found = self.test_overall
            figures |= {
                "cer_macro_test": found.macro,
                "cer_test": found.pooled.cer,
                "exact_test": found.pooled.exact,
                "anls_test": found.pooled.anls,
                "wer_test": found.pooled.wer,
            }
            if self.test_overall.macro_interval != "none":
                figures |= {"cer_macro_test_low": found.macro_low, "cer_macro_test_high": found.macro_high}
        if stage1:
            figures["gap_to_stage1"] = sum(stage1) / len(stage1)
        if self.single:
            figures |= {"gain_of_mixing": self.single.gain, "p_of_mixing": self.single.p}
        return figures


@dataclass(frozen=True, slots=True)
class Gaps:
    """What `test` has over the figures before it; above 0: those were too good. None where one is not known."""

    stage1: float | None
    """Over the CER that stage 1 measured on its holdout: how far the search fitted its small data set."""
    select: float | None
    """Over the CER on `select`, on which the winner was chosen."""


def gaps(test: Score | None, select: Score, stage1: float | None) -> Gaps:
    """Takes the differences."""
    if test is None:
        return Gaps(None, None)
    return Gaps(None if stage1 is None else test.cer - stage1, test.cer - select.cer)


def run_select(
    candidates: Candidates,
    splits: Mapping[str, Sequence[Sample]],
    answerer: Answerer,
    chain: Chain,
    racing: SelectRacing | None = None,
    seed: int = 0,
    system: str = "",
    seen: Callable[[], None] = nothing,
) -> Selection:
    """Selects the best prompt of every field that has a candidate.

    Deterministic in the arguments and the answers: over kept answers an interrupted selection ends the same.

    Args:
        candidates: As ``gather`` gives them.
        splits: Samples by split, as ``data.split.split(data, SPLITS)`` gives them.
        answerer: The VLM under test, usually a ``KeptAnswerer``.
        chain: The normalisation of truth and answer.
        racing: When a candidate is dropped.
        seed: Seed of the documents' order and of the intervals.
        system: The configuration's system prompt.
        seen: Called as each answer arrives.

    Raises:
        PromptfitError: A field has no `select` samples, or answers could not be obtained.
    """
    if not candidates.fields:
        raise PromptfitError("there is nothing to select from: no field has a candidate; run promptfit search first")
    samples, held = by_field(splits["select"]), by_field(splits.get("test", ()))
    evaluations = evaluate(candidates.fields, samples, answerer, chain, racing, seed, system, seen)
    choices = choose(evaluations, seed)

    def test(prompts: Mapping[Field, str]) -> dict[Field, Trial]:
        made = {field: Prompt(text, "select") for field, text in prompts.items()}
        return {one.field: one for one in measure(made, held, answerer, chain, seed, system, seen)}

    tested = test({field: one.best.text for field, one in choices.items()})
    single, asked = None, sum(one.requests for one in tested.values())
    if len(candidates.labels) > 1 and tested:
        label, macro = best_label(candidates.labels, choices, evaluations)
        prompts = {field: one.text for field, one in of_label(choices, label).items()}
        others = test({f: text for f, text in prompts.items() if text != choices[f].best.text})
        asked += sum(one.requests for one in others.values())
        alone = {field: (others.get(field) or tested[field]).scored for field in prompts if field in tested}
        mixed = {field: one.scored for field, one in tested.items()}
        single = compare_single(label, macro, alone, mixed, seed) if alone else None
    return Selection(
        choices,
        evaluations,
        tested,
        overall({field: evaluations[field].scored[one.winner] for field, one in choices.items()}, seed),
        overall({field: one.scored for field, one in tested.items()}, seed) if tested else None,
        single,
        asked,
    )
