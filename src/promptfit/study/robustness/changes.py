"""What corruptions cost: against clean images, over the severities, against a baseline, over captures."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from promptfit.score.macro import Stratum, macro_change, macro_interval
from promptfit.study.records.stress_json import ConditionRecord, Consistency, Robustness
from promptfit.study.robustness.condition_score import Measured, known
from promptfit.support.grouped_by import grouped_by
from promptfit.types import Field, Scored


def condition_of(clean: Measured, one: Measured, seed: int) -> ConditionRecord:
    """A condition's record, with its change from clean images, paired by document."""
    change, low, high = macro_change(clean.strata, one.strata, seed)
    cells = {field.name: cell for field, cell in one.fields.items()}
    return ConditionRecord(one.augmentation, one.severity, one.overall, cells, change, known(low), known(high))


def field_changes(clean: Measured, one: Measured, seed: int) -> dict[str, tuple[float, float | None, float | None]]:
    """The same change of each field alone: by its name, the change and both ends."""
    fields = [field for doc_type in _types(one) for field in one.fields if field.doc_type == doc_type]
    pairs = [pair for tables in zip(clean.strata, one.strata, strict=True) for pair in _fields(*tables)]
    changes = [macro_change([before], [after], seed) for before, after in pairs]
    found = zip(fields, changes, strict=True)
    return {field.name: (change, known(low), known(high)) for field, (change, low, high) in found}


def robustness_of(
    clean: Measured, corrupted: Sequence[Measured], baseline: Sequence[Measured], threshold: float, seed: int
) -> list[Robustness]:
    """Every augmentation over its severities, in the order in which they were asked.

    Args:
        clean: The images as they are.
        corrupted: All conditions.
        baseline: The baseline answerer's, in the same order; empty without one.
        threshold: CER from which a field counts as broken.
        seed: Seed of the intervals.
    """
    others = dict(zip(map(_name, corrupted), baseline, strict=True)) if baseline else {}
    return [
        _robustness(clean, own, [others[_name(one)] for one in own if others], threshold, seed)
        for own in grouped_by(corrupted, lambda one: one.augmentation).values()
    ]


def mean_ends(
    clean: Measured, conditions: Sequence[Measured], seed: int
) -> tuple[tuple[float, float | None, float | None, str], tuple[float, float | None, float | None]]:
    """The mean of the conditions' macro CERs, and of their changes, each with both ends.

    All versions of a document are drawn together: their edits are summed before documents are resampled. With the same
    characters in every condition the mean of the CERs is the CER of the sums.
    """
    before = [Stratum(one.edits * len(conditions), one.chars * len(conditions)) for one in clean.strata]
    tables = zip(*(one.strata for one in conditions), strict=True)
    after = [
        Stratum(sum((one.edits for one in own[1:]), own[0].edits), old.chars)
        for own, old in zip(tables, before, strict=True)
    ]
    cer, low, high, interval = macro_interval(after, seed)
    change, change_low, change_high = macro_change(before, after, seed)
    return (cer, known(low), known(high), interval), (change, known(change_low), known(change_high))


def consistency_of(scored: Sequence[Scored]) -> list[Consistency]:
    """How often a question is right in every capture of its document (WildDoc, arXiv 2505.11015), on clean images.

    Documents with one capture say nothing about it and are left out; so are fields without any other.
    """
    groups: dict[Field, dict[str, list[bool]]] = {}
    for one in scored:
        groups.setdefault(one.sample.field, {}).setdefault(one.sample.document, []).append(one.counts.exact)
    several = {
        field: [rights for rights in own.values() if len(rights) > 1]
        for field, own in groups.items()
        if any(len(rights) > 1 for rights in own.values())
    }
    return [
        Consistency(
            field.name,
            captures=max(map(len, own)),
            questions=len(own),
            mean=sum(map(sum, own)) / sum(map(len, own)),
            consistent=sum(map(all, own)) / len(own),
        )
        for field, own in several.items()
    ]


def _robustness(
    clean: Measured, own: Sequence[Measured], baseline: Sequence[Measured], threshold: float, seed: int
) -> Robustness:
    (mean, low, high, interval), (relative, relative_low, relative_high) = mean_ends(clean, own, seed)
    total = sum(one.overall.cer for one in baseline)
    return Robustness(
        own[0].augmentation,
        mean,
        relative,
        sum(one.overall.cer for one in own) / total if total else None,
        {field.name: _breaks(own, field, threshold) for field in clean.fields},
        low,
        high,
        interval,
        relative_low,
        relative_high,
    )


def _breaks(own: Sequence[Measured], field: Field, threshold: float) -> int | None:
    """The lowest severity from which on the field is never under the threshold."""
    found = None
    for one in sorted(own, key=lambda one: one.severity, reverse=True):
        if one.fields[field].cer < threshold:
            break
        found = one.severity
    return found


def _name(one: Measured) -> tuple[str, int]:
    return one.augmentation, one.severity


def _types(one: Measured) -> Iterable[str]:
    """Document types in the order of their strata."""
    return dict.fromkeys(field.doc_type for field in one.fields)


def _fields(before: Stratum, after: Stratum) -> Iterable[tuple[Stratum, Stratum]]:
    """Each field as a stratum of its own, without the documents that lack it."""
    for old, new, chars in zip(before.edits, after.edits, before.chars, strict=True):
        has = (chars > 0) | (old > 0) | (new > 0)
        yield Stratum(old[None, has], chars[None, has]), Stratum(new[None, has], chars[None, has])
