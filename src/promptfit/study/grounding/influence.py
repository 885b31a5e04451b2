"""Which other fields of a record change when one field's place is covered: a record can be misled as a whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from promptfit.evaluate.record_reading import fields_read
from promptfit.evaluate.scoring import Scoring
from promptfit.study.grounding.occlusion import Looked
from promptfit.study.records.look_json import Influence
from promptfit.types import Field


def influence_of(answers: Sequence[Looked], scoring: Scoring) -> list[Influence]:
    """Counts changes of every other field, field by covered field; nothing where fields were asked alone.

    A field changes where most fills over the covered place change what is read in it, after the normalisation.

    Args:
        answers: Of the study.
        scoring: How answers are read and normalised.
    """
    changed: Counter[tuple[Field, str]] = Counter()
    seen: Counter[tuple[Field, str]] = Counter()
    for one in answers:
        sample = one.question.sample
        keys = sample.record.keys if sample.record else ()
        clean = _values(keys, one.clean.answer.text, scoring)
        covered = [_values(keys, text, scoring) for text in one.covered_texts]
        for key in keys:
            if key != sample.field.key:
                differ = sum(own[key] != clean[key] for own in covered)
                changed[sample.field, key] += 2 * differ > len(covered)
                seen[sample.field, key] += 1
    return [
        Influence(field.doc_type, field.key, key, changed[field, key], count) for (field, key), count in seen.items()
    ]


def _values(keys: tuple[str, ...], text: str, scoring: Scoring) -> dict[str, str]:
    read = fields_read(keys, text, scoring.reader) if keys else {}
    return {key: scoring.chain(one.value) for key, one in read.items()}
