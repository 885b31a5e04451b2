"""Values of a type, and what is not there: what an answer adds to each metric."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from promptfit.score.aggregate import pool
from promptfit.score.cer import columns, count
from promptfit.score.metrics import METRICS, beside, means
from promptfit.score.normalize import Chain
from promptfit.score.tally import Tally
from promptfit.score.values import compared
from promptfit.types import ABSENT, Scored, ValueKind

CASES = json.loads((Path(__file__).parent / "cases" / "absent.json").read_text("utf-8"))
SOME = ("missed", "false_extraction")


def kind_of(case: dict[str, Any]) -> ValueKind:
    return ValueKind(case.get("type", "text"), "", tuple(case.get("absent", ABSENT)))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_case(case: dict[str, Any]) -> None:
    chain = Chain(case.get("chain", ["strip"]))
    (counts,) = count([case["truth"]], [case["answer"]], chain, [kind_of(case)])
    for name in ("cer", *SOME):
        assert list(counts.parts[name]) == case[name], name
    for name in ("exact", "value"):
        assert list(counts.parts[name]) == [case[name], 1], name
    texts = compared(case["truth"], case["answer"], kind_of(case), chain)
    assert list(count([texts[0]], [texts[1]], Chain([]), [ValueKind(absent=())])[0].parts["cer"]) == case["cer"]


def test_all_cases_at_once_are_each_counted_by_its_own_kind() -> None:
    plain = [case for case in CASES if "chain" not in case]
    kinds = [kind_of(case) for case in plain]
    found = count([case["truth"] for case in plain], [case["answer"] for case in plain], Chain(), kinds)
    assert [int(one.parts["value"][0]) for one in found] == [case["value"] for case in plain]


def test_rates_are_of_the_truths_that_they_are_about(scored_from: Callable[..., list[Scored]]) -> None:
    truths, answers = ["", "", "-", "Анна", "Яна"], ["", "Анна", "нет", "нет", "Яна"]
    scored = scored_from(zip("abcde", count(truths, answers, Chain()), strict=True))
    score = pool(scored)
    assert score.values["false_extraction"] == pytest.approx(1 / 3) and score.values["missed"] == 1 / 2
    full = pool(scored[-1:])
    assert "false_extraction" not in full.values and full.values["missed"] == 0.0
    assert means([score, full])["false_extraction"] == pytest.approx(1 / 3), "a field without such truths has no say"
    assert means([score, full])["missed"] == 1 / 4
    tally = Tally.of_texts(truths, [answers], range(5), Chain()).scores()[0]
    assert tally == score


def test_tables_leave_out_a_rate_that_no_row_has() -> None:
    rows = [{"cer": 0.1, "missed": 0.0}, {"cer": 0.2}]
    assert [one.name for one in beside(values=rows)][-1] == "missed"
    assert METRICS["false_extraction"] not in beside(values=rows) and METRICS["false_extraction"] in beside()


def test_kinds_are_one_a_truth() -> None:
    with pytest.raises(ValueError):
        columns(["a", "b"], ["a", "b"], Chain(), [ValueKind()])
