"""Two selections of one answerer, a call a field and one call a document, as a record of what that costs and saves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import fmean

from promptfit.score.aggregate import of_fields
from promptfit.score.metrics import FIDELITY
from promptfit.select.call_plans.calls_record import CallsRecord, TypeCalls
from promptfit.select.call_plans.compared import both_ways, field_calls, p_value, same_samples, verdict
from promptfit.select.call_plans.costs import costs_of
from promptfit.select.call_plans.plans import cers, chosen, plans
from promptfit.select.selection import Selection
from promptfit.types import RECORD, Field, PromptfitError, Scored


def compared(
    fields: Selection, records: Selection, setting: Mapping[str, object], margin: float, digest: str, **made: str
) -> CallsRecord:
    """Compares the chosen prompts both ways.

    Args:
        fields: The selection of prompts for fields.
        records: The selection of prompts for records.
        setting: Answerer, dataset and seed.
        margin: CER that fewer calls may cost.
        digest: The data's.
        made: ``commit`` and ``command``.

    Raises:
        PromptfitError: No document type was selected for both ways.
    """
    seed = int(str(setting["seed"]))
    names = [field.doc_type for field in records.test if field.is_record]
    types = [own for name in names if (own := _type(name, fields, records, margin, seed))]
    if not types:
        raise PromptfitError("no document type has prompts for its fields and for its record; search both: ask=both")
    return CallsRecord(
        _figures(types), str(setting["answerer"]), str(setting["dataset"]), digest, seed, margin, types, **made
    )


def _type(name: str, fields: Selection, records: Selection, margin: float, seed: int) -> TypeCalls | None:
    asked, question = [one for one in fields.test if one.doc_type == name], Field(name, RECORD)
    whole = records.test[question].scored
    one, other = same_samples({field: fields.test[field].scored for field in asked}, of_fields(whole))
    if not one:
        return None
    select = same_samples(
        {field: winner(fields, field) for field in one}, _only(of_fields(winner(records, question)), one)
    )
    documents = len({own.sample.document for own in whole})
    by_field = {field: costs_of(own, len({each.sample.document for each in own})) for field, own in one.items()}
    found = plans((cers(select[0]), cers(select[1])), (cers(one), cers(other)), (by_field, costs_of(whole, documents)))
    metrics = both_ways(one, other, seed)
    return TypeCalls(
        doc_type=name,
        documents=documents,
        metrics=metrics,
        p=p_value(one, other, seed),
        verdict=verdict(metrics["cer"], margin),
        fidelity=FIDELITY.of([own.counts for own in whole]),
        fields=field_calls(one, other, margin, seed),
        costs_fields=found[-1].costs,
        costs_record=found[0].costs,
        plans=found,
        chosen=chosen(found, margin),
    )


def winner(selection: Selection, question: Field) -> Sequence[Scored]:
    """The answers on `select` to the prompt that was chosen; few of them where the race had dropped it."""
    return selection.evaluations[question].scored[selection.choices[question].winner]


def _only(answers: Mapping[Field, Sequence[Scored]], fields: Mapping[Field, object]) -> dict[Field, Sequence[Scored]]:
    return {field: own for field, own in answers.items() if field in fields}


def _figures(types: Sequence[TypeCalls]) -> dict[str, float]:
    """Means over the document types."""
    figures: dict[str, float] = {}
    for name in types[0].metrics:
        figures[f"{name}_fields"] = fmean(one.metrics[name].fields for one in types)
        figures[f"{name}_record"] = fmean(one.metrics[name].record for one in types)
    for unit in ("calls", "tokens_in", "tokens_out", "seconds", "money"):
        figures[f"{unit}_fields"] = fmean(getattr(one.costs_fields, unit) for one in types)
        figures[f"{unit}_record"] = fmean(getattr(one.costs_record, unit) for one in types)
        figures[f"{unit}_plan"] = fmean(getattr(one.plans[one.chosen].costs, unit) for one in types)
    figures["cer_plan"] = fmean(one.plans[one.chosen].cer_test for one in types)
    figures["fidelity"] = fmean(one.fidelity for one in types)
    return figures
