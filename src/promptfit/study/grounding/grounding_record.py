"""A study of where a model looks, as its record."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from promptfit.study.grounding.attention_in_box import Seen, attention
from promptfit.study.grounding.grounding import Found
from promptfit.study.grounding.occlusion import Looked, verdicts
from promptfit.study.grounding.shares import DocumentShare, difference, share
from promptfit.study.records import look_json
from promptfit.study.records.look_json import LookRecord, Overlay
from promptfit.study.records.study_source import Source


def record_of(
    found: Found, source: Source, fills: Sequence[str], taught: bool, overlays: Callable[[int | None], list[Overlay]]
) -> LookRecord:
    """Makes the record.

    Args:
        found: The answers.
        source: What they were made from.
        fills: In the order in which they were asked.
        taught: What the answerer's configuration declares of its training.
        overlays: Draws pictures of some answers, given the layer whose map is told.
    """
    seen = [Seen(one.question.sample, one.right, one.glance) for one in found.answers if one.glance]
    told = attention(seen, source.seed, taught) if seen else None
    looking, others = ([one for one in found.answers if one.looking is which] for which in (True, False))
    cer_looking, cer_others = _cers(looking), _cers(others)
    made = LookRecord(
        metrics={},
        source=source,
        attention=told,
        no_attention=found.no_attention,
        fills=list(fills),
        verdicts=verdicts(found.answers),
        cer_looking=share(cer_looking, source.seed),
        cer_not_looking=share(cer_others, source.seed),
        difference=difference(cer_others, cer_looking, source.seed),
        right_looking=share(_rights(looking), source.seed),
        right_not_looking=share(_rights(others), source.seed),
        overlays=overlays(told.layer if told else None),
        influence=tuple(found.influence),
    )
    return _with_metrics(made, len(found.answers))


def _with_metrics(made: LookRecord, answers: int) -> LookRecord:
    """The figures that DVC compares; what could not be measured is left out."""
    shares: dict[str, float] = {}
    for row in made.verdicts:
        name = f"share_{row.verdict.replace(' ', '_')}"
        shares[name] = shares.get(name, 0.0) + row.answers / answers
    known = {
        "cer_looking": made.cer_looking,
        "cer_not_looking": made.cer_not_looking,
        "difference": made.difference,
        "right_looking": made.right_looking,
        "right_not_looking": made.right_not_looking,
        **(_attention_metrics(made.attention) if made.attention else {}),
    }
    values = {name: one.value for name, one in known.items() if one.value is not None}
    return replace(made, metrics={"answers": float(answers), **shares, **values})


def _attention_metrics(told: look_json.Attention) -> dict[str, look_json.Share]:
    return {
        "attention_mass": told.layers[told.layer],
        "attention_mass_right": told.mass_right,
        "attention_mass_wrong": told.mass_wrong,
        "attention_mass_difference": told.mass_difference,
        "attention_absolute_right": told.absolute_right,
        "attention_absolute_wrong": told.absolute_wrong,
        "attention_absolute_difference": told.absolute_difference,
        "attention_area": told.area,
        "attention_pointing": told.pointing,
    }


def _cers(answers: Sequence[Looked]) -> list[DocumentShare]:
    return [
        DocumentShare(one.question.sample.document, one.clean.counts.edits, one.clean.counts.chars) for one in answers
    ]


def _rights(answers: Sequence[Looked]) -> list[DocumentShare]:
    return [DocumentShare(one.question.sample.document, float(one.right)) for one in answers]
