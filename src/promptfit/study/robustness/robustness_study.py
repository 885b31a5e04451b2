"""Asks prompts under one condition after the other: images are altered as they are asked about, and kept nowhere."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from promptfit.answer.cached_answerer import CachedAnswerer
from promptfit.augment.condition import Condition
from promptfit.evaluate import ask
from promptfit.evaluate.ask import Pair, Seen, nothing
from promptfit.evaluate.obtained import Obtained
from promptfit.evaluate.scoring import Scoring
from promptfit.study.errors.classify import Read
from promptfit.study.records import stress_json
from promptfit.study.robustness.changes import condition_of
from promptfit.study.robustness.condition_score import CLEAN, Measured, measured
from promptfit.types import Field, NoAnswer, Prompt, PromptfitError, Sample, Scored, StudyRecorder


@dataclass(frozen=True, slots=True)
class StressQuestion:
    """A sample with what its conditions need to know."""

    sample: Sample
    prompt: str
    text_height: float
    """Of the image, in pixels."""
    others: tuple[str, ...]
    """True answers of the document's other fields."""


@dataclass(frozen=True, slots=True)
class Asked:
    """An answerer with its kept answers."""

    name: str
    answerer: CachedAnswerer
    system: str = ""


@dataclass(frozen=True, slots=True)
class Stressed:
    """What was asked and measured."""

    prompts: Mapping[Field, str]
    clean: Measured
    corrupted: Sequence[Measured]
    conditions: Sequence[stress_json.ConditionRecord]
    """``len(conditions) == len(corrupted)``."""
    baseline: Sequence[Measured]
    """The baseline's, clean images first; empty without one."""
    clean_scored: Sequence[Scored]
    reads: Sequence[Read]
    """Every answer under every condition."""
    requests: int
    """Logical requests, the baseline's too."""


def run_stress(
    questions: Sequence[StressQuestion],
    conditions: Sequence[Condition],
    asked: Sequence[Asked],
    scoring: Scoring,
    recorder: StudyRecorder,
    seed: int = 0,
    seen: Seen = nothing,
    told: Callable[[str], None] = lambda words: None,
    obtained: Obtained | None = None,
) -> Stressed:
    """Asks all questions about the images as they are, then under every condition.

    A question that gets no answer under any of them leaves all conditions, so that they stay compared on the same ones.
    Deterministic in the arguments and the answers: over kept answers an interrupted study goes on where it was.

    Args:
        questions: At least one.
        conditions: In the order in which to ask.
        asked: Who is studied; and who is asked the same as a baseline, if anybody is.
        scoring: How answers are read and compared.
        recorder: Is told every condition as it ends.
        seed: Seed of the intervals.
        seen: Called as each answer arrives.
        told: Called with each condition's result in words.
        obtained: Keeps the books.

    Raises:
        PromptfitError: More answers than may be missing could not be obtained; the others are kept.
    """
    study = _Study(questions, scoring, seed, seen, obtained or Obtained())
    study.ask(None, asked)
    clean = study.measured(0)
    recorder.condition(CLEAN, 0, _figures(clean), _cers(clean), study.scored(0))
    told(f"clean: macro CER {clean.overall.cer:.4f}")
    for place, condition in enumerate(conditions, 1):
        study.ask(condition, asked)
        one = study.measured(place)
        found = condition_of(study.measured(0), one, seed)
        recorder.condition(one.augmentation, one.severity, _figures(one, found), _cers(one), study.scored(place))
        told(f"{one.augmentation} {one.severity}: macro CER {one.overall.cer:.4f} ({found.change:+.4f})")
    places = range(len(conditions) + 1)
    clean, *corrupted = [study.measured(place) for place in places]
    records = [condition_of(clean, one, seed) for one in corrupted]
    baseline = [study.measured(place, who) for place in places for who in range(1, len(asked))]
    prompts = {question.sample.field: question.prompt for question in study.left}
    distinct = {(one.sample.shown_digest, one.prompt) for one in questions}
    requests = len(distinct) * (1 + len(conditions)) * len(asked)
    reads = [read for place in places for read in study.reads(place)]
    return Stressed(prompts, clean, corrupted, records, baseline, study.scored(0), reads, requests)


class _Study:
    """The questions, how they are asked under a condition, and what came of it."""

    def __init__(
        self,
        questions: Sequence[StressQuestion],
        scoring: Scoring,
        seed: int,
        seen: Seen,
        obtained: Obtained,
    ) -> None:
        self._questions, self._scoring, self._seed, self._seen = questions, scoring, seed, seen
        self._obtained = obtained
        prompts = {one.prompt: Prompt(one.prompt) for one in questions}
        self._pairs = [(prompts[one.prompt], one.sample) for one in questions]
        self._conditions: list[Condition | None] = []
        self._answers: list[list[list[Scored | NoAnswer]]] = []  # by condition, who was asked, and question
        self._gone: set[int] = set()
        self._measured: dict[tuple[int, int, int], Measured] = {}
        obtained.expect(one.sample for one in questions)

    @property
    def left(self) -> list[StressQuestion]:
        """The questions that were answered under every condition so far."""
        return [one for place, one in enumerate(self._questions) if place not in self._gone]

    def ask(self, condition: Condition | None, who: Sequence[Asked]) -> None:
        """Asks everybody under a condition; None leaves the images as they are.

        Raises:
            PromptfitError: Too many answers are missing.
        """
        augmentation, severity = _called(condition)
        pairs = self._pairs if condition is None else self._altered(condition)
        self._conditions.append(condition)
        self._answers.append([])
        for one in who:
            try:
                got = ask.asked(one.answerer, pairs, self._scoring, self._obtained, one.system, self._seen)
                for place, said in enumerate(got):
                    if isinstance(said, NoAnswer):
                        self._gone.add(place)
                        self._obtained.leave(self._questions[place].sample, said.reason)
                self._obtained.check()
                if not self.left:
                    raise PromptfitError(f"no question is left: {'; '.join(self._obtained.lines())}")
            except PromptfitError as error:
                raise PromptfitError(f"{one.name}, {augmentation} {severity or ''}".rstrip() + f": {error}") from error
            self._answers[-1].append(got)

    def scored(self, place: int, who: int = 0) -> list[Scored]:
        """The answers under a condition to the questions that are left."""
        own = enumerate(self._answers[place][who])
        return [one for at, one in own if isinstance(one, Scored) and at not in self._gone]

    def measured(self, place: int, who: int = 0) -> Measured:
        """The same, measured."""
        name = (place, who, len(self._gone))
        if name not in self._measured:
            called = _called(self._conditions[place])
            self._measured[name] = measured(*called, self.scored(place, who), self._seed)
        return self._measured[name]

    def reads(self, place: int) -> list[Read]:
        """The answers as the study of errors takes them."""
        condition = self._conditions[place]
        augmentation, severity = _called(condition)
        return [
            Read(
                sample=question.sample,
                prompt=question.prompt,
                answer=one.reading.value,
                counts=one.counts,
                augmentation=augmentation if condition else "",
                severity=severity,
                text_height=question.text_height,
                others=question.others,
                raw=one.raw,
                nearest=one.nearest,
            )
            for question, one in zip(self.left, self.scored(place), strict=True)
        ]

    def _altered(self, condition: Condition) -> list[Pair]:
        """The questions about the images under a condition."""
        return [
            (prompt, replace(sample, alteration=condition.of(sample.document, one.text_height)))
            for (prompt, sample), one in zip(self._pairs, self._questions, strict=True)
        ]


def _called(condition: Condition | None) -> tuple[str, int]:
    return (condition.operation.name, condition.severity) if condition else (CLEAN, 0)


def _figures(one: Measured, found: stress_json.ConditionRecord | None = None) -> dict[str, float]:
    """A condition's metrics; those that are not known are left out."""
    figures = {"cer": one.overall.cer, "cer_low": one.overall.low, "cer_high": one.overall.high}
    figures |= {"exact": one.overall.exact, "samples": one.overall.samples, "documents": one.overall.documents}
    if found:
        figures |= {"relative": found.change, "relative_low": found.change_low, "relative_high": found.change_high}
    return {name: value for name, value in figures.items() if value is not None}


def _cers(one: Measured) -> dict[Field, float]:
    return {field: cell.cer for field, cell in one.fields.items()}
