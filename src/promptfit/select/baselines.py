"""What the chosen prompts have to be better than: the data set's own question, and the naive wording."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace

from promptfit.select.gather import Candidate, Gathered
from promptfit.types import Field, PromptfitError, Sample

QUESTION, NAIVE = "own question", "naive wording"
"""Labels of the baselines; they compete like any collection, and are measured on `test` whoever wins."""

Baselines = dict[str, dict[Field, str]]
"""The prompts of each baseline, by its label."""


def baselines(
    fields: Iterable[Field], samples: Iterable[Sample], question: bool, naive: Mapping[bool, str | None]
) -> Baselines:
    """The baselines' prompts.

    Args:
        fields: The fields that are selected for.
        samples: Of the data set; a field's most frequent question is its own.
        question: Whether the data set's own question is one.
        naive: The naive wording of fields, with ``{q}`` for the question type (the document type where that is empty),
            and that of records, by whether it is of records; None is none.
    """
    counted: dict[Field, Counter[str]] = {field: Counter() for field in fields}
    for sample in samples:
        if sample.field in counted and sample.question.strip():
            counted[sample.field][sample.question.strip()] += 1
    found: Baselines = {}
    if question:
        found[QUESTION] = {field: asked.most_common(1)[0][0] for field, asked in counted.items() if asked}
    found[NAIVE] = {field: text.replace("{q}", field.key) for field in counted if (text := naive[field.is_record])}
    return {label: prompts for label, prompts in found.items() if prompts}


def with_baselines(candidates: Gathered, found: Mapping[str, Mapping[Field, str]]) -> Gathered:
    """Adds baselines to the candidates of the fields that have any; a text that is there gets their label, too.

    Raises:
        PromptfitError: A collection has the label of a baseline.
    """
    if taken := [label for label in candidates.labels if label in found]:
        raise PromptfitError(f'the label "{taken[0]}" is that of a baseline; give the collection another name')
    fields = dict(candidates.fields)
    for label, prompts in found.items():
        for field, text in prompts.items():
            if field in fields:
                fields[field] = _added(fields[field], text, label)
    return replace(candidates, fields=fields, labels=(*candidates.labels, *found))


def _added(candidates: tuple[Candidate, ...], text: str, label: str) -> tuple[Candidate, ...]:
    if any(one.text == text for one in candidates):
        return tuple(replace(one, labels=(*one.labels, label)) if one.text == text else one for one in candidates)
    return (*candidates, Candidate(text, (label,), {}))
