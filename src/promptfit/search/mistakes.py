"""What a generator is told of trials: figures, and the worst answers with their character differences."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from dataclasses import field as part
from itertools import zip_longest
from pathlib import Path

from promptfit.score.aggregate import of_fields
from promptfit.score.metrics import CER, Metric
from promptfit.support.enumerated import shortened
from promptfit.support.grouped_by import grouped_by
from promptfit.types import Scored, Trial

LONGEST = 300
"""Characters of an answer that are shown: a runaway answer would fill the generator's context."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """One wrong answer."""

    expected: str
    answered: str
    """What was read in the answer."""
    raw: str = ""
    """The answer as it came, where it is more than that."""
    key: str = ""
    """Which field of a record it is."""
    fault: str = ""
    """Why nothing was read."""
    image: Path | None = part(default=None, compare=False)
    """That it was read from."""
    place: int = part(default=0, compare=False)
    """Which of the attached images that is, counted from 1; 0 where it is none of them."""

    @property
    def diff(self) -> str:
        """The answer with ``[-missing-]`` and ``{+added+}`` characters marked, as wdiff does for words."""
        from rapidfuzz.distance import Levenshtein

        parts = []
        for step in Levenshtein.opcodes(self.expected, self.answered):
            lost = self.expected[step.src_start : step.src_end]
            added = self.answered[step.dest_start : step.dest_end]
            changed = (f"[-{lost}-]" if lost else "") + (f"{{+{added}+}}" if added else "")
            parts.append(lost if step.tag == "equal" else changed)
        return "".join(parts)

    def __str__(self) -> str:
        whole = f" | the whole answer: {self.raw!r}" if self.raw else ""
        of, why = f"{self.key}: " if self.key else "", f" ({self.fault})" if self.fault else ""
        seen = f"attached image {self.place}: " if self.place else ""
        return f"{seen}{of}expected: {self.expected!r} | answered: {self.answered!r}{why} | diff: {self.diff!r}{whole}"


def mistakes(scored: Sequence[Scored], count: int, metric: Metric = CER) -> list[Mistake]:
    """Returns the worst wrong answers: the most loss a weight first, then most edits a character; no pair twice.

    Of records the fields take turns, the worst one first.
    """
    wrong = [own for one in scored for own in one.fields if metric.units(own.counts)[0]]
    wrong.sort(key=lambda one: (_badness(one, metric), _badness(one, CER)), reverse=True)
    pairs = dict.fromkeys(_mistake(one, bool(scored[0].parts)) for one in wrong)
    turns = zip_longest(*grouped_by(pairs, lambda one: one.key).values())
    return [one for turn in turns for one in turn if one][:count]


def pictured(wrong: Sequence[Mistake], most: int) -> tuple[list[Mistake], tuple[Path, ...]]:
    """The mistakes with the places of their images, and these images: distinct ones, in the order of the mistakes.

    Args:
        wrong: The mistakes that are told.
        most: Images at most; a mistake in another one has no place.
    """
    images = list(dict.fromkeys(one.image for one in wrong if one.image))[:most]
    places = {image: place for place, image in enumerate(images, 1)}
    return [replace(one, place=places.get(one.image, 0)) if one.image else one for one in wrong], tuple(images)


def describe(trial: Trial, metric: Metric = CER) -> str:
    """One line on a trial: its text, what it is searched by, its CER, and whether it was stopped early."""
    score = trial.score
    first = "" if metric is CER else f"{metric.title} {metric.told(score.values)}, "
    seen = f"{score.values['exact']:.0%} of {score.samples} answers exact"
    stopped = "" if trial.finished else ", stopped early"
    told = f"{first}CER {score.cer:.4f}, {seen}{_by_field(trial)}{stopped}"
    return f"{told}: <prompt>{shortened(trial.prompt.text, 2000)}</prompt>"


def _by_field(trial: Trial) -> str:
    """What a record's CER is made of, and how often the answer was not the JSON that was asked for."""
    if not trial.field.is_record:
        return ""
    cers = {field.key: CER.of(one.counts for one in own) for field, own in of_fields(trial.scored).items()}
    notes = Counter(note for one in trial.scored for note in one.reading.notes)
    told = "; ".join(f"{note} in {count} of {len(trial.scored)} answers" for note, count in notes.most_common(5))
    return f" ({', '.join(f'{key} {cer:.4f}' for key, cer in cers.items())}{'; ' if told else ''}{told})"


def _mistake(one: Scored, of_record: bool) -> Mistake:
    expected, said, raw = (shortened(text, LONGEST) for text in (one.expected, one.reading.value, one.raw))
    key = one.sample.field.key if of_record else ""
    return Mistake(expected, said, raw, key, one.reading.fault, one.sample.image)


def _badness(one: Scored, metric: Metric) -> float:
    loss, weight = metric.units(one.counts)
    return loss / max(1, weight)
