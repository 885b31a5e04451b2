"""What `selection/<answerer>/calls.json` holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from promptfit.support.files.record_file import RecordFile


@dataclass(frozen=True, slots=True)
class BothWays:
    """A metric by a call a field and by one call a document, on the same documents of `test`."""

    fields: float
    record: float
    change: float
    """The record's minus the fields'."""
    low: float | None
    """The ends of the change's paired 95 % interval over documents; None where there is none."""
    high: float | None


@dataclass(frozen=True, slots=True)
class FieldCalls:
    """One field both ways."""

    field: str
    metrics: Mapping[str, BothWays]
    verdict: str
    """Of one call, by its CER: ``better``, ``as good`` (within the margin), ``worse`` or ``not told apart``."""


@dataclass(frozen=True, slots=True)
class Costs:
    """What a thousand documents take."""

    calls: float
    tokens_in: float
    tokens_out: float
    seconds: float
    """Of the answerer, as its answers say."""
    money: float


@dataclass(frozen=True, slots=True)
class CallPlan:
    """Some fields of a document type asked alone, the others by the record's prompt."""

    alone: Sequence[str]
    costs: Costs
    cer_select: float
    """Mean over the fields; on `select` the plan is chosen."""
    cer_test: float


@dataclass(frozen=True, slots=True)
class TypeCalls:
    """One document type both ways."""

    doc_type: str
    documents: int
    metrics: Mapping[str, BothWays]
    """Means over the fields."""
    p: float
    """Two-sided sign-flip test over documents, on the mean of the fields' CERs."""
    verdict: str
    """As a field's."""
    fidelity: float
    """Share of the record's answers that were JSON with all keys and no others."""
    fields: Sequence[FieldCalls]
    costs_fields: Costs
    costs_record: Costs
    plans: Sequence[CallPlan]
    """The record alone first, then with ever more fields asked alone, at last all of them and no record."""
    chosen: int
    """The plan with the fewest calls whose CER on `select` is within the margin of the lowest."""


@dataclass(frozen=True, slots=True)
class CallsRecord:
    """`selection/<answerer>/calls.json`."""

    metrics: Mapping[str, float]
    answerer: str
    dataset: str
    data_digest: str
    seed: int
    margin: float
    """CER that fewer calls may cost."""
    types: Sequence[TypeCalls]
    commit: str = ""
    command: str = ""


FILE = RecordFile(
    CallsRecord, "comparison of calls", "run promptfit select ask=both again (it asks only what is not kept)"
)
