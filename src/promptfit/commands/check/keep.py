"""What a check writes: a page and a table; and rows that are struck out, which are kept beside the data set."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from promptfit.commands.shared import tables
from promptfit.data.annotation import FILE_NAME, REQUIRED
from promptfit.paths import home
from promptfit.report.check_page import check_page
from promptfit.study.checks.dataset_check import state_of
from promptfit.study.checks.finding import DatasetFindings
from promptfit.support.enumerated import some
from promptfit.support.files.table import read_table
from promptfit.support.files.writing import replace_file, write_raw_table, write_table
from promptfit.types import PromptfitError

STRUCK = "struck.csv"
"""Beside ``annotation.csv``, in its columns."""
COLUMNS = ("row", "kind", "image", "field", "true value", "what is odd")


def page_of(root: Path) -> Path:
    """Where the page of a data set goes."""
    return home() / "check" / root.name / "check.html"


def write(found: DatasetFindings, language: str) -> list[Path]:
    """Writes the page and the table.

    Raises:
        PromptfitError: There is no such language, or they can't be written.
    """
    page = page_of(found.root)
    rows = [(str(one.row), one.kind, one.image, one.field, one.answer, one.said) for one in found.findings]
    content = check_page(found, tables.shown(found.root), language).encode()
    write_table(page.with_suffix(".csv"), COLUMNS, rows)
    replace_file(page, content)
    return [page, page.with_suffix(".csv")]


def strike(root: Path, rows: Sequence[Any], state: str | None) -> str:
    """Moves rows of an annotation into a file beside it.

    Args:
        root: The data set's folder.
        rows: Their numbers.
        state: Of the annotation that has those numbers.

    Returns:
        What to say of it.

    Raises:
        PromptfitError: The annotation is another one by now, or has no such row.
    """
    file = root / FILE_NAME
    table = read_table(file, [REQUIRED])
    if state != state_of(table):
        raise PromptfitError(
            f"{file}: strike= needs state=, as the page of the check has it, and the annotation has not been changed "
            "since: numbers of rows may mean others by now. Check it anew"
        )
    wanted = {int(one) for one in rows if str(one).isdecimal()}
    known = {row.number for row in table.rows}
    if odd := [one for one in rows if not str(one).isdecimal() or int(one) not in known]:
        raise PromptfitError(f"{file}: strike=[{some(odd)}]: no such row; they are numbered as in a spreadsheet")
    if not known - wanted:
        raise PromptfitError(f"{file}: no row would be left; remove the data set instead")
    struck, kept = root / STRUCK, [tuple(row.cells.values()) for row in table.rows if row.number not in wanted]
    before = [tuple(row.cells.values()) for row in read_table(struck, [table.columns]).rows] if struck.exists() else []
    out = [tuple(row.cells.values()) for row in table.rows if row.number in wanted]
    write_raw_table(struck, table.columns, [*before, *out])
    write_raw_table(file, table.columns, kept)
    return f"{len(out)} row(s) moved to {tables.shown(struck)}; {len(kept)} are left in {tables.shown(file)}"
