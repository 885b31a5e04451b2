"""What a generator may know of a field before any prompt was tried."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from promptfit.support.enumerated import shortened
from promptfit.types import Field, Sample

LONGEST_EXAMPLE = 300
"""Characters of a true answer that are shown; more would say little about how answers look."""
LONGEST_RECORD = 2000
"""The same of a record."""


@dataclass(frozen=True, slots=True)
class Brief:
    """A field, who answers, and how true answers and documents look; all of it from the search split."""

    field: Field
    answerer: str
    examples: tuple[str, ...]
    """A few distinct true answers."""
    images: tuple[Path, ...]
    """Images of distinct documents; none where the generator does not see."""
    keys: tuple[str, ...] = ()
    """Of a record: its fields' names."""
    schema: tuple[str, ...] = ()
    """Of a record: a line a field, see ``data.schemas.described``."""

    def words(self) -> dict[str, str]:
        """Returns the values of the placeholders that every meta-prompt may use.

        Where the field has no question type, the document type is what is asked for.
        """
        return {
            "field": self.field.name,
            "doc_type": self.field.doc_type,
            "question_type": self.field.key,
            "answerer": self.answerer,
            "examples": "\n".join(f"- {example}" for example in self.examples),
            "images": str(len(self.images)),
            "keys": ", ".join(self.keys),
            "schema": "\n".join(f"- {line}" for line in self.schema),
        }


def showing(brief: Brief, images: Sequence[Path]) -> Brief:
    """The brief with these images in the place of its own, if there are any."""
    return replace(brief, images=tuple(images)) if images else brief


def brief_of(
    field: Field,
    answerer: str,
    samples: Sequence[Sample],
    seed: int,
    examples: int = 5,
    images: int = 2,
    vision: bool = False,
    schema: Sequence[str] = (),
) -> Brief:
    """Draws a few documents of a field; the same ones for the same seed, whatever the order of the samples.

    Args:
        field: The field.
        answerer: The name of the VLM under test.
        samples: The field's search samples; nothing else may be shown.
        seed: Seed of the draw.
        examples: How many true answers at most.
        images: How many images at most.
        vision: Whether the generator sees images.
        schema: Of a record: a line a field.

    Returns:
        The brief; the documents shown are the first ones whose answers are.
    """
    by_document = {
        sample.document: sample for sample in sorted(samples, key=lambda one: (one.document, one.image_digest))
    }
    drawn = list(by_document.values())
    random.Random(f"{seed} {field.doc_type} {field.question_type}").shuffle(drawn)
    lines = (" ".join(sample.answer.split()) for sample in drawn)
    record = samples[0].record if samples else None
    longest = LONGEST_RECORD if record else LONGEST_EXAMPLE
    answers = dict.fromkeys(shortened(line, longest) for line in lines if line)
    shown = [sample.image for sample in drawn[:images]] if vision else []
    keys = record.keys if record else ()
    return Brief(field, answerer, tuple(answers)[:examples], tuple(shown), keys, tuple(schema))
