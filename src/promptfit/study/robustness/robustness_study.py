"""Asks prompts under one condition after the other: images are altered as they are asked about, and kept nowhere."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from promptfit.answer.cached_answerer import CachedAnswerer
from promptfit.augment.condition import Condition
from promptfit.evaluate.ask import Pair, ask, nothing
from promptfit.evaluate.scoring import Scoring
from promptfit.study import study_record
from promptfit.study.errors.classify import Read
from promptfit.study.robustness.changes import condition_of
from promptfit.study.robustness.condition_score import CLEAN, Measured, measured
from promptfit.types import Field, Prompt, PromptfitError, Sample, Scored, StudyRecorder


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
    conditions: Sequence[study_record.ConditionRecord]
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
    seen: Callable[[], None] = nothing,
    told: Callable[[str], None] = lambda words: None,
) -> Stressed:
    """Asks all questions about the images as they are, then under every condition.

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

    Raises:
        PromptfitError: Answers could not be obtained under a condition; those that could are kept.
    """
    study = _Study(questions, scoring, seed, seen)
    (clean_scored, clean), *others = [study.ask(None, one) for one in asked]
    recorder.condition(CLEAN, 0, _figures(clean), _cers(clean), clean_scored)
    told(f"clean: macro CER {clean.overall.cer:.4f}")
    corrupted, records, baseline = [], [], [one for _, one in others]
    reads = study.reads(None, clean_scored)
    for condition in conditions:
        (scored, one), *others = [study.ask(condition, who) for who in asked]
        found = condition_of(clean, one, seed)
        recorder.condition(one.augmentation, one.severity, _figures(one, found), _cers(one), scored)
        told(f"{one.augmentation} {one.severity}: macro CER {one.overall.cer:.4f} ({found.change:+.4f})")
        corrupted.append(one)
        records.append(found)
        baseline += [other for _, other in others]
        reads += study.reads(condition, scored)
    prompts = {question.sample.field: question.prompt for question in questions}
    requests = len(questions) * (1 + len(conditions)) * len(asked)
    return Stressed(prompts, clean, corrupted, records, baseline, clean_scored, reads, requests)


class _Study:
    """The questions, and how they are asked under a condition."""

    def __init__(
        self,
        questions: Sequence[StressQuestion],
        scoring: Scoring,
        seed: int,
        seen: Callable[[], None],
    ) -> None:
        self._questions, self._scoring, self._seed, self._seen = questions, scoring, seed, seen
        prompts = {one.prompt: Prompt(one.prompt) for one in questions}
        self._pairs = [(prompts[one.prompt], one.sample) for one in questions]

    def ask(self, condition: Condition | None, asked: Asked) -> tuple[list[Scored], Measured]:
        """Everybody's answers under a condition; None leaves the images as they are."""
        augmentation, severity = _called(condition)
        pairs = self._pairs if condition is None else self._altered(condition)
        try:
            scored = ask(asked.answerer, pairs, self._scoring, asked.system, self._seen)
        except PromptfitError as error:
            raise PromptfitError(f"{asked.name}, {augmentation} {severity or ''}".rstrip() + f": {error}") from error
        return scored, measured(augmentation, severity, scored, self._seed)

    def reads(self, condition: Condition | None, scored: Sequence[Scored]) -> list[Read]:
        """The answers as the study of errors takes them."""
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
            )
            for question, one in zip(self._questions, scored, strict=True)
        ]

    def _altered(self, condition: Condition) -> list[Pair]:
        """The questions about the images under a condition."""
        return [
            (prompt, replace(sample, alteration=condition.of(sample.document, one.text_height)))
            for (prompt, sample), one in zip(self._pairs, self._questions, strict=True)
        ]


def _called(condition: Condition | None) -> tuple[str, int]:
    return (condition.operation.name, condition.severity) if condition else (CLEAN, 0)


def _figures(one: Measured, found: study_record.ConditionRecord | None = None) -> dict[str, float]:
    """A condition's metrics; those that are not known are left out."""
    figures = {"cer": one.overall.cer, "cer_low": one.overall.low, "cer_high": one.overall.high}
    figures |= {"exact": one.overall.exact, "samples": one.overall.samples, "documents": one.overall.documents}
    if found:
        figures |= {"relative": found.change, "relative_low": found.change_low, "relative_high": found.change_high}
    return {name: value for name, value in figures.items() if value is not None}


def _cers(one: Measured) -> dict[Field, float]:
    return {field: cell.cer for field, cell in one.fields.items()}
