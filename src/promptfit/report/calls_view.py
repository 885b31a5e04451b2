"""One call a document against a call a field, as the page draws it; and which fields of a record mislead which."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from promptfit.report.language import Language
from promptfit.select.call_plans.calls_record import CallsRecord, TypeCalls
from promptfit.study.records.look_json import Influence
from promptfit.support.grouped_by import grouped_by

GOOD = ("as good", "better")


@dataclass(frozen=True, slots=True)
class Matrix:
    """Of one document type: how often a field changes where another one's place is covered."""

    doc_type: str
    keys: tuple[str, ...]
    rows: Sequence[tuple[str, Sequence[float | None]]]
    """By the covered key, a share a key of ``keys``; None for itself."""


class CallsView:
    """A comparison as its section of the page draws it."""

    def __init__(self, record: CallsRecord) -> None:
        self.record = record

    def sentences(self, t: Language) -> Iterator[str]:
        """Plain words: for which fields one call is as good, and what it saves."""
        for one in self.record.types:
            good = [each for each in one.fields if each.verdict in GOOD]
            rest = [t.quoted(each.field) for each in one.fields if each not in good]
            told = {
                "doc_type": t.quoted(one.doc_type),
                "good": len(good),
                "fields": t.count(len(one.fields), "of_fields"),
            }
            cost = {"share": t.percent(self.share(one)), "calls": t.number(self.calls(one), 0)}
            yield t("one_call", **told, **cost)
            if rest:
                yield t("one_call_not", fields=t.listed(rest))
            yield from self._plan(one, t)

    @staticmethod
    def share(one: TypeCalls) -> float:
        """The seconds of one call over those of a call a field; of tokens where nobody measured seconds."""
        many, single = one.costs_fields, one.costs_record
        if many.seconds:
            return single.seconds / many.seconds
        return (single.tokens_in + single.tokens_out) / max(1.0, many.tokens_in + many.tokens_out)

    @staticmethod
    def calls(one: TypeCalls) -> float:
        """Calls a document, a call a field."""
        return one.costs_fields.calls / 1000

    def _plan(self, one: TypeCalls, t: Language) -> Iterator[str]:
        plan = one.plans[one.chosen]
        cer = t.percent(plan.cer_test)
        if not plan.alone:
            yield t("plan_record", doc_type=t.quoted(one.doc_type), cer=cer)
        elif len(plan.alone) == len(one.fields):
            yield t("plan_fields", doc_type=t.quoted(one.doc_type), cer=cer)
        else:
            alone = t.listed([t.quoted(name) for name in plan.alone])
            yield t("plan_mixed", doc_type=t.quoted(one.doc_type), cer=cer, alone=alone)


def matrices(influence: Sequence[Influence]) -> list[Matrix]:
    """The influence of covered fields on the others, a matrix a document type."""
    made = []
    for doc_type, own in grouped_by(influence, lambda one: one.doc_type).items():
        keys = tuple(dict.fromkeys(key for one in own for key in (one.covered, one.key)))
        shares = {(one.covered, one.key): one.changed / one.answers for one in own if one.answers}
        covered = dict.fromkeys(one.covered for one in own)
        made.append(Matrix(doc_type, keys, [(name, [shares.get((name, key)) for key in keys]) for name in covered]))
    return made
