"""The last pass of a search: what adds nothing is taken out of the best prompts.

A phrase that did no harm on twenty documents may do some on the next thousand, and a search that tries many prompts
finds such phrases. Of prompts that do equally well, the shorter one says less that can be misunderstood.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from promptfit.search.history import SHORTENED, History
from promptfit.search.objective import Objective
from promptfit.support.system_text import joined, parted
from promptfit.types import Field, Prompt

Cutter = Callable[[History], list[Prompt]]
"""Gives a field's best prompt without each of its parts, as far as that was not tried."""


def shorten(objective: Objective, cutters: Mapping[Field, Cutter]) -> None:
    """Takes parts out of the best prompts as long as that does no harm: the races let equals win if they are shorter.

    Args:
        objective: Scores the prompts; its leaders are settled first, so that equals are equals on every document.
        cutters: One a field.
    """
    objective.settle()
    iteration = 1 + max((trial.iteration for field in cutters for trial in objective.trials(field)), default=-1)
    fields = list(cutters)
    while batch := {field: cut for field in fields if (cut := cutters[field](objective.history(field)))}:
        before = {field: objective.leading(field) for field in batch}
        objective.evaluate(batch, iteration, objective.rules.for_equals())
        fields = [field for field in batch if objective.leading(field) != before[field]]
        objective.report(iteration)
        iteration += 1


def without_each_sentence(history: History) -> list[Prompt]:
    """Cuts any prompt, whoever wrote it: a cutter."""
    if not history.leader:
        return []
    text = history.leader.prompt.text
    system, user = parted(text)
    cut = [joined(system, shorter) for shorter in _cut(user)] + [joined(shorter, user) for shorter in _cut(system)]
    known = {trial.prompt.text for trial in history.trials}
    return [Prompt(shorter, SHORTENED, text) for shorter in dict.fromkeys(cut) if shorter not in known]


def _cut(text: str) -> list[str]:
    """The text without each of its sentences, if it has several."""
    parts = [part for part in re.split(r"(?<=[.?!…])\s+|\s*\n\s*", text.strip()) if part]
    return [" ".join([*parts[:at], *parts[at + 1 :]]) for at in range(len(parts))] if len(parts) > 1 else []
