"""A comparison of calls that nobody made, and fields that mislead each other: scripted figures."""

from __future__ import annotations

from promptfit.select.call_plans.calls_record import BothWays, CallPlan, CallsRecord, Costs, FieldCalls, TypeCalls
from promptfit.study.records.look_json import Influence
from scripted_selection import HOSTILE

ONE, MANY, TWO = (
    Costs(1000, 156_000, 96_000, 195, 0),
    Costs(3000, 470_000, 70_000, 307.5, 0),
    Costs(2000, 3e5, 1e5, 250, 0),
)


def calls_record(answerer: str) -> CallsRecord:
    """One document type of three fields, of which one is worse by one call."""
    good, bad = BothWays(0.004, 0.005, 0.001, -0.001, 0.003), BothWays(0.004, 0.104, 0.1, 0.06, 0.14)
    fields = [
        FieldCalls("passport Фамилия", {"cer": good}, "as good"),
        FieldCalls("passport Имя", {"cer": bad}, "worse"),
        FieldCalls(HOSTILE, {"cer": BothWays(0.0, 0.0, 0.0, None, None)}, "as good"),
    ]
    plans = [CallPlan([], ONE, 0.04, 0.036), CallPlan(["passport Имя"], TWO, 0.004, 0.0041), CallPlan(
        ["passport Имя", "passport Фамилия", HOSTILE], MANY, 0.003, 0.0027)]  # fmt: skip
    kind = TypeCalls("passport", 140, {"cer": BothWays(0.0027, 0.036, 0.0333, 0.02, 0.05)}, 0.0001, "worse", 0.98,
                     fields, MANY, ONE, plans, 1)  # fmt: skip
    return CallsRecord({"fidelity": 0.98}, answerer, "large", "a" * 64, 0, 0.01, [kind])


INFLUENCE = [
    Influence("passport", "Фамилия", "Имя", 3, 40),
    Influence("passport", "Имя", "Фамилия", 0, 40),
    Influence("passport", "Фамилия", HOSTILE, 40, 40),
]
