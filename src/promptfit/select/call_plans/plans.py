"""Which fields to ask alone, and which by the record: plans from one call a document to a call a field."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import fmean

from promptfit.score.metrics import CER
from promptfit.select.call_plans.calls_record import CallPlan, Costs
from promptfit.select.call_plans.compared import Answers
from promptfit.select.call_plans.costs import added
from promptfit.types import Field

Cers = Mapping[Field, float]


def cers(answers: Answers) -> dict[Field, float]:
    """Each field's CER."""
    return {field: CER.of(one.counts for one in own) for field, own in answers.items()}


def plans(
    select: tuple[Cers, Cers], test: tuple[Cers, Cers], costs: tuple[Mapping[Field, Costs], Costs]
) -> list[CallPlan]:
    """From the record alone over ever more fields asked alone, those first that gain most by it on `select`.

    Args:
        select: The fields' CERs there, each asked alone and by the record.
        test: The same on `test`.
        costs: What each field takes alone, and what the record takes.
    """
    alone, record = select
    order = sorted(alone, key=lambda field: (alone[field] - record[field], field))
    return [_plan(order[:count], select, test, costs) for count in range(len(order) + 1)]


def chosen(found: Sequence[CallPlan], margin: float) -> int:
    """The place of the plan with the fewest calls whose CER on `select` is within the margin of the lowest."""
    lowest = min(one.cer_select for one in found)
    able = [place for place, one in enumerate(found) if one.cer_select <= lowest + margin]
    return min(able, key=lambda place: (found[place].costs.calls, found[place].cer_select))


def _plan(
    alone: Sequence[Field],
    select: tuple[Cers, Cers],
    test: tuple[Cers, Cers],
    costs: tuple[Mapping[Field, Costs], Costs],
) -> CallPlan:
    by_record = [] if len(alone) == len(select[0]) else [costs[1]]
    told = [fmean(cers[0][field] if field in alone else cers[1][field] for field in cers[0]) for cers in (select, test)]
    return CallPlan([one.name for one in alone], added([*by_record, *(costs[0][field] for field in alone)]), *told)
