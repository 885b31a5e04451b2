"""A whole selection: evaluate on `select`, choose, measure what was chosen on `test`, once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from promptfit.answer.answerer import Answerer
from promptfit.data.grouping import by_field
from promptfit.evaluate.ask import Seen, nothing
from promptfit.evaluate.obtained import Obtained
from promptfit.evaluate.overall import Overall, overall, score_of
from promptfit.evaluate.scoring import Scoring
from promptfit.score.metrics import CER, Metric, beside, measured
from promptfit.select.baselines import Baselines
from promptfit.select.choose import SINGLE, Choice, choose
from promptfit.select.collections import Evaluation, evaluate
from promptfit.select.gather import Gathered
from promptfit.select.mixing import Mixing, contest, out_of_sample, whole
from promptfit.select.on_test import Gain, TestSplit
from promptfit.select.select_rules import Rules
from promptfit.select.single import Single, best_label, compare_single, of_label
from promptfit.types import Field, Prompt, PromptfitError, Sample, Score, Scored, Trial

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
    mixing: Mixing | None
    """The mix of all labels against the best label alone, out of sample; None where there is one label."""
    single: Single | None
    """The same on `test`; None where there is no sample."""
    gains: Mapping[str, Gain]
    """What the chosen prompts take off each baseline on `test`, by its label."""
    extra_requests: int
    """Logical requests on `select` for prompts of the best label that the race had dropped."""
    test_requests: int
    """Logical requests on `test`."""
    metric: Metric
    """What was selected by."""

    @property
    def requests(self) -> int:
        """Logical requests on `select`."""
        return sum(one.requests for one in self.choices.values()) + self.extra_requests

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
            "cer_macro_select": self.select_overall.macro.cer,
            "cer_select": self.select_overall.pooled.cer,
            "requests": float(self.requests),
            "requests_test": float(self.test_requests),
            "share_of_full": self.requests / self.full_requests,
            "fields": float(len(self.choices)),
            "settled": float(sum(one.settled for one in self.choices.values())),
            "candidates": float(sum(len(one.candidates) for one in self.choices.values())),
        }
        if self.metric is not CER:
            figures[f"{self.metric.name}_macro_select"] = self.select_overall.macro.values[self.metric.name]
        if self.test_overall:
            figures |= self._on_test(self.test_overall)
        if stage1:
            figures["gap_to_stage1"] = sum(stage1) / len(stage1)
        if mixing := self.mixing:
            figures |= {"mixed": float(mixing.mixed), "gain_of_mixing": mixing.gain, "p_of_mixing": mixing.p}
        for label, one in self.gains.items():
            name = label.replace(" ", "_")
            figures |= {f"cer_macro_test_{name}": one.baseline.macro.cer, f"change_from_{name}": one.change}
        return figures

    def _on_test(self, found: Overall) -> dict[str, float]:
        figures = {"cer_macro_test": found.macro.cer}
        values = found.pooled.values
        figures |= {f"{one.name}_test": values[one.name] for one in (CER, *beside(values=[values]))}
        for one in measured(self.metric):
            figures[f"{one.name}_macro_test"] = found.macro.values[one.name]
            ends = found.macro.intervals[one.name]
            if ends.kind != "none":
                figures |= {f"{one.name}_macro_test_low": ends.low, f"{one.name}_macro_test_high": ends.high}
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


@dataclass(frozen=True, slots=True)
class SelectionRules:
    """How a selection decides.

    Args:
        racing: When a candidate is dropped.
        zone: The loss within which one that is not told from the best is taken for being cheaper.
        folds: Parts of `select`, each left out of the choice once, to see whether a mix of labels is worth it.
        doubt: The p value under which a mix's gain is believed.
        metric: What prompts are compared by.
    """

    racing: Rules
    zone: float
    folds: int
    doubt: float
    metric: Metric = CER


def run_select(
    candidates: Gathered,
    baselines: Baselines,
    splits: Mapping[str, Sequence[Sample]],
    answerer: Answerer,
    scoring: Scoring,
    rules: SelectionRules,
    seed: int = 0,
    system: str = "",
    seen: Seen = nothing,
    obtained: Obtained | None = None,
) -> Selection:
    """Selects the best prompt of every field that has a candidate.

    Deterministic in the arguments and the answers: over kept answers an interrupted selection ends the same.

    Args:
        candidates: As ``gather`` gives them, with the baselines among them.
        baselines: Their prompts, to be measured on `test` whoever wins.
        splits: Samples by split, as ``data.split.split(data, SPLITS)`` gives them.
        answerer: The VLM under test, usually a ``CachedAnswerer``.
        scoring: How answers are read and compared.
        rules: How it decides.
        seed: Seed of the documents' order and of the intervals.
        system: The configuration's system prompt.
        seen: Called as each answer arrives.
        obtained: Keeps the books.

    Raises:
        PromptfitError: A field has no `select` samples, or no answers could be obtained.
    """
    if not candidates.fields:
        raise PromptfitError("there is nothing to select from: no field has a candidate; run promptfit search first")
    samples, held = by_field(splits["select"]), by_field(splits.get("test", ()))
    metric = rules.metric
    books, how = obtained or Obtained(), (answerer, scoring)
    books.expect(sample for split in (samples, held) for own in split.values() for sample in own)
    evaluations = evaluate(candidates.fields, samples, *how, rules.racing, seed, system, seen, metric, books)
    if not evaluations:
        raise PromptfitError(f"nothing can be selected: {'; '.join(books.lines())}")
    mix = choose(evaluations, rules.zone, seed)
    choices, mixing, label, extra = dict(mix), None, "", 0  # type: dict[Field, Choice], Mixing | None, str, int
    if len(candidates.labels) > 1:
        label, macro = best_label(candidates.labels, mix, evaluations)
        own, extra = whole(label, evaluations, samples, *how, system, seen, books)
        contests = {f: contest(mix[f], evaluations[f], scored) for f, scored in own.items()}
        mixing = out_of_sample(label, contests, rules.folds, rules.zone, rules.doubt, seed) if contests else None
        if mixing and not mixing.mixed:
            scores = {f: score_of(scored, seed, metric) for f, scored in own.items()}
            choices = {f: one.of_label(label, scores.get(f)) for f, one in mix.items()}
    test = TestSplit(held, *how, seed, system, seen, metric, books)
    tested = test.measure(_prompts(choices))
    single = None
    if mixing and tested:
        alone, mixed = test.measure(of_label(mix, label)), test.measure(_prompts(mix))
        if alone.keys() & mixed.keys():
            single = compare_single(label, macro, _scored(alone), _scored(mixed), seed, metric)
    gains = {name: gain for name, prompts in baselines.items() if (gain := test.gain(prompts, tested))}
    winners = {
        f: own[f] if one.why == SINGLE and f in own else evaluations[f].scored[one.winner] for f, one in choices.items()
    }
    return Selection(
        choices,
        evaluations,
        tested,
        overall(winners, seed, metric),
        overall(_scored(tested), seed, metric) if tested else None,
        mixing,
        single,
        gains,
        extra,
        test.requests,
        metric,
    )


def _prompts(choices: Mapping[Field, Choice]) -> dict[Field, str]:
    return {field: one.best.text for field, one in choices.items()}


def _scored(trials: Mapping[Field, Trial]) -> dict[Field, tuple[Scored, ...]]:
    return {field: one.scored for field, one in trials.items()}
