"""Does an answer depend on the place where it stands? Cover it, and as much elsewhere, and see what changes.

An answer *changes* if its text, after the chain of normalisation, is another than on the clean image. With several
fills most of them decide (more than half): one fill may happen to look like something, and the place elsewhere, which
each fill draws anew, may happen to hide a label. It may be blank paper, too, which a cover in the paper's colour leaves
as it was: with `noise` or `white` among the fills, elsewhere is always another picture.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from random import Random

from promptfit.data.images import inspect
from promptfit.score.normalize import Chain
from promptfit.study.grounding.attention_in_box import Glance
from promptfit.study.grounding.elsewhere import elsewhere
from promptfit.study.grounding.occluder import Cover, Patch, around
from promptfit.study.records import look_json
from promptfit.support.grouped_by import grouped_by
from promptfit.types import Sample, Scored

READ, WITHOUT, WRONG, MISLED, UNSTEADY = (
    "read",
    "without looking",
    "wrong though looking",
    "misled by elsewhere",
    "unsteady",
)


@dataclass(frozen=True, slots=True)
class Covered:
    """One fill's two images of a sample."""

    here: Cover
    """Over the answer's box."""
    elsewhere: Cover


@dataclass(frozen=True, slots=True)
class GroundingQuestion:
    """A sample that can be studied: it has a box, and room to cover as much elsewhere."""

    sample: Sample
    prompt: str
    size: tuple[int, int]
    """The image's width and height."""
    covers: tuple[Covered, ...]
    """By fill."""


@dataclass(frozen=True, slots=True)
class Variant:
    """What one fill did to the answer."""

    covered: Covered
    here: str
    """The answer with the box covered."""
    elsewhere: str
    changed: bool
    stayed: bool


@dataclass(frozen=True, slots=True)
class Looked:
    """One answer with all that is known of where it came from."""

    question: GroundingQuestion
    clean: Scored
    variants: tuple[Variant, ...]
    glance: Glance | None = None
    """Its attention, where the answerer gives it."""
    covered_texts: tuple[str, ...] = ()
    """The whole answers with the box covered, by fill."""

    @property
    def right(self) -> bool:
        """Whether the clean image was read without an error."""
        return self.clean.counts.edits == 0

    @property
    def changes(self) -> bool:
        """Whether most fills over the box changed the answer."""
        return 2 * sum(one.changed for one in self.variants) > len(self.variants)

    @property
    def stays(self) -> bool:
        """Whether the answer stayed under most fills elsewhere."""
        return 2 * sum(one.stayed for one in self.variants) > len(self.variants)

    @property
    def looking(self) -> bool:
        """Whether the answer depends on its box, and on nothing else that was covered."""
        return self.changes and self.stays

    @property
    def verdict(self) -> str:
        """What that says about the answer."""
        return verdict(self.right, self.changes, self.stays)

    @property
    def telling(self) -> Variant:
        """The first fill that did what most did."""
        agree = [one for one in self.variants if (one.changed, one.stayed) == (self.changes, self.stays)]
        return (agree or list(self.variants))[0]


def verdict(right: bool, changes: bool, stays: bool) -> str:
    """Names an answer: right on the clean image, changed when its box is covered, unchanged when elsewhere is.

    ``without looking`` is right although the box is covered: guessed, memorised, or inferable from another place.
    ``misled by elsewhere`` is wrong, and its box has no part in it. ``unsteady`` changes wherever one covers.
    """
    if changes and not stays:
        return UNSTEADY
    if changes:
        return READ if right else WRONG
    return WITHOUT if right else MISLED


def questions(
    samples: Sequence[Sample],
    prompt: Callable[[Sample], str],
    everything: Sequence[Sample],
    fills: Sequence[str],
    seed: int,
) -> tuple[list[GroundingQuestion], dict[str, int]]:
    """Where to cover each sample.

    Args:
        samples: What is studied.
        prompt: What each is asked with.
        everything: All samples of the data set: their boxes stay visible when elsewhere is covered.
        fills: Names out of ``occluder.FILLS``.
        seed: Of the places elsewhere, and of the fill that is random.

    Returns:
        The questions, and how many samples were left out, by the reason.
    """
    boxes = grouped_by(everything, lambda one: one.image)
    sizes: dict[Path, tuple[int, int]] = {}
    made, left_out = [], {"no box": 0, "no room elsewhere": 0}
    for sample in samples:
        if sample.box is None:
            left_out["no box"] += 1
            continue
        if sample.image not in sizes:
            facts = inspect(sample.image)
            sizes[sample.image] = (facts.width, facts.height)
        size = sizes[sample.image]
        taken = [around(one.box, *size) for one in boxes[sample.image] if one.box]
        covers = tuple(_covers(sample, around(sample.box, *size), taken, size, fills, seed))
        if len(covers) < len(fills):
            left_out["no room elsewhere"] += 1
        else:
            made.append(GroundingQuestion(sample, prompt(sample), size, covers))
    return made, {reason: count for reason, count in left_out.items() if count}


def looked(question: GroundingQuestion, clean: Scored, answers: Sequence[tuple[str, str]], chain: Chain) -> Looked:
    """What the answers say.

    Args:
        question: What was asked.
        clean: The answer to the clean image.
        answers: By fill, with the box covered and with elsewhere covered.
        chain: The normalisation before two answers are compared.
    """
    own = chain(clean.reading.value)
    variants = [
        Variant(covered, here, there, changed=chain(here) != own, stayed=chain(there) == own)
        for covered, (here, there) in zip(question.covers, answers, strict=True)
    ]
    return Looked(question, clean, tuple(variants))


def verdicts(answers: Sequence[Looked]) -> list[look_json.Verdict]:
    """The table with a row for every combination, answers or none."""
    rows = []
    for right, changes, stays in product((True, False), repeat=3):
        own = [one for one in answers if (one.right, one.changes, one.stays) == (right, changes, stays)]
        name = verdict(right, changes, stays)
        rows.append(look_json.Verdict(name, right, changes, stays, len(own), _by_field(own)))
    return rows


def _covers(
    sample: Sample, patch: Patch, taken: Sequence[Patch], size: tuple[int, int], fills: Sequence[str], seed: int
) -> Iterator[Covered]:
    for fill in fills:
        rng = Random(f"elsewhere {seed} {sample.image_digest} {patch} {fill}")
        if (places := elsewhere(patch, taken, *size, rng)) is None:
            return
        yield Covered(Cover((patch,), fill, seed), Cover(places, fill, seed))


def _by_field(answers: Sequence[Looked]) -> Mapping[str, int]:
    counts: dict[str, int] = {}
    for one in answers:
        name = one.question.sample.field.name
        counts[name] = counts.get(name, 0) + 1
    return counts
