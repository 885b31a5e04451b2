"""Which causes an answer's edits are charged to."""

from __future__ import annotations

import json
import random
import time
from pathlib import Path
from typing import Any

import jiwer
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from promptfit.score.normalize import STEPS, Chain
from promptfit.study.errors.causes import CAUSES, KINDS, LEVERS, NORMALISERS
from promptfit.study.errors.first_cause import Charged, charge

CASES = json.loads((Path(__file__).parent / "cases" / "errors.json").read_text("utf-8"))
TEXTS = st.text(st.sampled_from("абвоОё0З3ийЕ .-/№\u0301\ud800\x00Ñ½"), max_size=14) | st.text(max_size=8)


def charged(case: dict[str, Any]) -> Charged:
    chain = Chain(case.get("chain", ["strip"]))
    return charge(chain(case["truth"]), chain(case["answer"]), case.get("others", []))


def kinds(found: Charged) -> dict[str, int]:
    sums: dict[str, int] = {}
    for cause, edits in found.charges.items():
        sums[cause.kind] = sums.get(cause.kind, 0) + edits
    return sums


def edits_of(truth: str, answer: str) -> int:
    out = jiwer.process_characters("x" + truth, "x" + answer)  # jiwer refuses an empty truth
    return out.substitutions + out.deletions + out.insertions


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_case(case: dict[str, Any]) -> None:
    found = charged(case)
    assert kinds(found) == case["kinds"]
    said = {cause.normaliser: edits for cause, edits in found.charges.items() if cause.normaliser}
    assert case.get("normalisers", said) == said


def test_every_kind_has_a_case() -> None:
    assert {kind for case in CASES for kind in case["kinds"]} == set(KINDS)
    assert {cause.kind for cause in CAUSES} == set(KINDS) and {cause.lever for cause in CAUSES} < set(LEVERS)
    assert set(NORMALISERS) <= set(STEPS)


@settings(max_examples=400, deadline=None)
@given(TEXTS, TEXTS, st.lists(TEXTS, max_size=3))
def test_each_edit_is_charged_once(truth: str, answer: str, others: list[str]) -> None:
    truth, answer = truth.strip(), answer.strip()
    found = charge(truth, answer, others)
    assert sum(found.charges.values()) == edits_of(truth, answer)
    assert all(edits > 0 for edits in found.charges.values())


@pytest.mark.parametrize("case", [case for case in CASES if case.get("normalisers")], ids=lambda case: case["name"])
def test_a_named_normaliser_really_mends_what_is_laid_to_it(case: dict[str, Any]) -> None:
    (step, edits) = next(iter(case["normalisers"].items()))
    truth, answer = (Chain(["strip", step])(case[text]) for text in ("truth", "answer"))
    assert sum(charge(truth, answer, []).charges.values()) == sum(case["kinds"].values()) - edits


@pytest.mark.parametrize(
    "answer",
    ["в" * 100_000, "слово " * 16_000, "Карбаинов" * 11_000, "\ud800\x00" * 50_000, "1." * 50_000, "(" * 100_000,
     "не " * 33_000, "".join(random.Random(0).choices("аб в1.-\n", k=100_000))],
    ids=["letter", "words", "loop", "halves", "digits", "brackets", "no", "noise"],
)  # fmt: skip
@pytest.mark.parametrize("truth", ["Карбаинов", "15.06.1940", "208-689-282 08", "871763.72", "мужской", ""])
def test_runaway_answers_are_charged_in_no_time(truth: str, answer: str) -> None:
    start = time.process_time()
    answer = answer.strip()
    found = charge(truth, answer, ["Григорий", "15.06.1941"])
    assert time.process_time() - start < 3
    assert sum(found.charges.values()) == edits_of(truth, answer)
