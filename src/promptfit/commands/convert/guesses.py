"""What an import has guessed, as a table, and the command that says all of it."""

from __future__ import annotations

import shlex
from itertools import islice

from omegaconf import DictConfig
from rich.table import Table

from promptfit.commands.shared import composed
from promptfit.commands.shared.tables import headed
from promptfit.data.formats.found_value import LeftOut
from promptfit.data.formats.import_plan import ImportPlan
from promptfit.data.formats.left_out import LeftOutCounts
from promptfit.support.enumerated import shortened

LONGEST = 60
"""Characters of an example."""
SHOWN, LOOKED_AT = 8, 200
"""Values that are shown, and those that are read for it."""


def guesses_table(plan: ImportPlan) -> Table:
    """A row a part of the data set to come."""
    table = headed("What is taken for what", "part", "is taken from", "", "for example", "the option that says it")
    for one in plan.meanings:
        how = "guessed" if one.guessed else ""
        table.add_row(one.part, one.taken, how, shortened(one.example, LONGEST), one.option)
    return table


def first_values(plan: ImportPlan) -> tuple[Table, list[str]]:
    """The first values that would be imported, and what of the first ones would be left out, by reason."""
    table, left_out = headed("The first values", "document", "image", "field", "true value"), LeftOutCounts()
    for value in islice(plan.found(), LOOKED_AT):
        if isinstance(value, LeftOut):
            left_out.add(value)
        elif table.row_count < SHOWN:
            field = f"{value.doc_type} {value.question_type}".strip()
            table.add_row(value.document, value.image_name, field, shortened(value.answer, LONGEST))
    return table, list(left_out.lines())


def command_line(cfg: DictConfig, plan: ImportPlan) -> str:
    """The command that imports what the plan has guessed, to be copied into a shell."""
    words = ["promptfit", "import", composed.choice("format", ""), str(cfg.source)]
    given = [word for word in composed.given() if word.partition("=")[0] not in ("format", "source", "dry_run")]
    said = [word.removeprefix("format.") for word in given if not word.startswith("+")]
    guessed = [one.option for one in plan.meanings if one.guessed]
    return " ".join(shlex.quote(word) for word in [*words, *said, *guessed])
