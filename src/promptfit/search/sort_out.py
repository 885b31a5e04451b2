"""What a search does about requests that got no answer: prompts are dropped, documents leave the field."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from promptfit.evaluate.blame import blame
from promptfit.evaluate.obtained import Obtained
from promptfit.search.field_state import FieldState
from promptfit.search.search_race import Race
from promptfit.types import NoAnswer, Scored

Cells = Mapping[tuple[str, str], NoAnswer | None]
"""By a prompt's text and a document's name: why there is no answer; None where there is one."""


def missed(got: Sequence[Scored | NoAnswer]) -> NoAnswer | None:
    """Why a document got no whole answer; None where it did."""
    return next((one for one in got if isinstance(one, NoAnswer)), None)


def sort_out(state: FieldState, cells: Cells, others: Collection[str], race: Race | None, obtained: Obtained) -> None:
    """Drops prompts that can't be asked, and takes documents out of which no answer can be obtained.

    Args:
        state: The field's.
        cells: What came of its prompts.
        others: Documents of which any field had an answer.
        race: Where the prompts run, if they do. A prompt that has a trial, or leads, is never dropped.
        obtained: Is told.
    """
    failed = {cell: one for cell, one in cells.items() if one}
    if not failed:
        return
    prompts, documents = (list(dict.fromkeys(cell[at] for cell in cells)) for at in (0, 1))
    leader = state.leader.prompt.text if state.leader else None
    droppable = not any(text == leader or text in state.trials for text in prompts)
    found = blame(failed, prompts, documents, state.answered, others, obtained.room, droppable)
    samples = {sample.document: sample for sample in state.samples}
    for text, reason in found.prompts.items():
        state.unaskable.add(text)
        obtained.drop(state.field, text, reason)
    for name, reason in found.documents.items():
        if name in samples:
            obtained.leave(samples[name], reason)
        state.leave(name)
        if race:
            race.leave(name)
    if race:
        race.drop(found.prompts)
