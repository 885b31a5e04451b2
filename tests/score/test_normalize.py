from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from promptfit.score.normalize import STEPS, Chain
from promptfit.types import PromptfitError

CASES = json.loads((Path(__file__).parent / "cases" / "normalize.json").read_text("utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: "+".join(case["steps"]) or "nothing")
def test_case(case: dict[str, Any]) -> None:
    assert Chain(case["steps"])(case["input"]) == case["expected"]


def test_every_step_has_a_case() -> None:
    assert {step for case in CASES for step in case["steps"]} == set(STEPS)


def test_default_is_strip() -> None:
    assert Chain().steps == ("strip",)


def test_an_unknown_step_is_named_with_the_known_ones() -> None:
    with pytest.raises(PromptfitError, match=r"'stripp'.*collapse_spaces"):
        Chain(["stripp"])
