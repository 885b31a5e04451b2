"""Winners that are of no use are named, and go to no registry."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from promptfit.commands.shared.useless import useless
from promptfit.tracking import open_run
from promptfit.types import Prompt
from tracked_runs import CONFIG, DATA, FIELD, PARAMS, client, trial


@pytest.mark.parametrize(("cer", "named"), [(0.0, False), (0.49, False), (0.5, True), (3.71, True)])
def test_what_is_of_no_use_is_named_with_what_to_try(cer: float, named: bool) -> None:
    said = " ".join(useless({"СНИЛС": cer, "passport Имя": 0.01}))
    assert ("nothing usable was found for СНИЛС" in said) == named == ("generator=" in said)
    assert "passport Имя" not in said


@pytest.mark.parametrize(("cer", "versions"), [(0.97, 0), (0.1, 1)])
def test_only_what_is_of_use_is_registered(tracked_home: Path, cer: float, versions: int) -> None:
    score = trial("Укажи").score
    with open_run("search", CONFIG, PARAMS, DATA) as run:
        run.winner(FIELD, Prompt("Укажи"), replace(score, values={**score.values, "cer": cer}))
    assert len(client().search_prompts()) == versions
