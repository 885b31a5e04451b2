"""What an import has guessed, as a table, and the command that says all of it."""

from __future__ import annotations

import shlex

from omegaconf import DictConfig
from rich.table import Table

from promptfit.commands.shared import composed
from promptfit.commands.shared.tables import headed
from promptfit.data.formats.import_plan import ImportPlan
from promptfit.support.enumerated import shortened

LONGEST = 60
"""Characters of an example."""


def guesses_table(plan: ImportPlan) -> Table:
    """A row a part of the data set to come."""
    table = headed("What is taken for what", "part", "is taken from", "", "for example", "the option that says it")
    for one in plan.meanings:
        how = "guessed" if one.guessed else ""
        table.add_row(one.part, one.taken, how, shortened(one.example, LONGEST), one.option)
    return table


def command_line(cfg: DictConfig, plan: ImportPlan) -> str:
    """The command that imports what the plan has guessed, to be copied into a shell."""
    words = ["promptfit", "import", composed.choice("format", ""), str(cfg.source)]
    given = [word for word in composed.given() if word.partition("=")[0] not in ("format", "source", "dry_run")]
    said = [word.removeprefix("format.") for word in given if not word.startswith("+")]
    guessed = [one.option for one in plan.meanings if one.guessed]
    return " ".join(shlex.quote(word) for word in [*words, *said, *guessed])
