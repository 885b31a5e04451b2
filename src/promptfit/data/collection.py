"""Prompt collections: one prompt per field, in a CSV file that spreadsheets open safely."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from promptfit.support.files.formulas import unguard
from promptfit.support.files.table import CellFault, TableRow, read_table
from promptfit.support.files.writing import write_raw_table, write_table
from promptfit.support.system_text import END, joined, parted
from promptfit.support.texts import as_name
from promptfit.types import RECORD, Field, PromptfitError

COLUMNS = ("doc type question type", "optimal prompt", "cer")
SYSTEM = "system prompt"
"""A column that is there where any row has one."""
VLMHYPERBENCH = ("prompt", "doc_class_question_type", "cer")


@dataclass(frozen=True, slots=True)
class Row:
    """One field's prompt; ``cer`` is None where it was not measured."""

    field: str
    """As written; `Dataset.resolve` looks it up."""
    prompt: str
    """With its system text in front where it has one, see ``system_text``."""
    cer: float | None = None

    @property
    def system(self) -> str:
        """Its system text, or nothing."""
        return parted(self.prompt)[0]

    @property
    def user(self) -> str:
        """Its user text."""
        return parted(self.prompt)[1]

    @property
    def name(self) -> str:
        """The field as names are compared."""
        return as_name(self.field)

    @property
    def is_record(self) -> bool:
        """Whether it is a prompt for a whole record."""
        return self.name.endswith(f" {RECORD}")


def read(path: str | Path) -> list[Row]:
    """Reads a collection: ours or VLMHyperBench's columns, in any form that `read_table` takes.

    The columns ``cer`` and ``system prompt`` may be left out. VLMHyperBench's cells are taken raw, without our guard
    against formulas.

    Raises:
        PromptfitError: Names file, row and column of each fault; two rows of one field are one.
    """
    table = read_table(Path(path), [COLUMNS[:2], VLMHYPERBENCH[:2]])
    if set(COLUMNS[:2]) <= set(table.columns):
        return table.parse(_row_parser(COLUMNS[0], COLUMNS[1], unguard))
    return table.parse(_row_parser(VLMHYPERBENCH[1], VLMHYPERBENCH[0], str))


def asked_rows(rows: Iterable[Row], fields: Iterable[Field]) -> list[Row]:
    """The rows of the kinds that are asked now: prompts for fields, for records, or both.

    Args:
        rows: A collection may hold both kinds.
        fields: The questions of a data set, see ``data.records.asked``.
    """
    kinds = {field.is_record for field in fields}
    return [row for row in rows if row.is_record in kinds]


def write(path: str | Path, rows: Iterable[Row]) -> None:
    """Writes our format: four decimals, and a ``'`` before what a spreadsheet would run as a formula."""
    checked = _checked(path, rows)
    cells = [(row.field, row.user, _format_cer(row.cer), row.system) for row in checked]
    if any(row.system for row in checked):
        write_table(Path(path), (*COLUMNS, SYSTEM), cells)
    else:
        write_table(Path(path), COLUMNS, [row[:-1] for row in cells])


def write_vlmhyperbench(path: str | Path, rows: Iterable[Row]) -> None:
    """Writes VLMHyperBench's columns, raw: their reader would take a guard for a part of the prompt.

    Raises:
        PromptfitError: A row has a system prompt, for which there is no column; or the file can't be written.
    """
    checked = _checked(path, rows)
    if row := next((row for row in checked if row.system), None):
        raise PromptfitError(
            f'{path}: VLMHyperBench\'s CSV has no column for the system prompt of "{row.field}"; it has one for whole '
            'records alone (rows "<doc type> *"), in its prompt_config'
        )
    cells = [(row.prompt, row.field, "" if row.cer is None else repr(row.cer)) for row in checked]
    write_raw_table(Path(path), VLMHYPERBENCH, cells)


def _row_parser(field_column: str, prompt_column: str, decode: Callable[[str], str]) -> Callable[[TableRow], Row]:
    rows: dict[str, int] = {}

    def parse(row: TableRow) -> Row:
        field, prompt = decode(row.cells[field_column]), decode(row.cells[prompt_column])
        for column, text in ((field_column, field), (prompt_column, prompt)):
            if not as_name(text):
                raise CellFault(column, "is empty; fill it in or remove the row")
        first = rows.setdefault(as_name(field), row.number)
        if first != row.number:
            raise CellFault(field_column, f'"{field}" stands in row {first} already; a field has one prompt')
        return Row(field, _whole(decode(row.cells.get(SYSTEM, "")), prompt), _parse_cer(row.cells.get("cer", "")))

    return parse


def _whole(system: str, user: str) -> str:
    if END in system:
        raise CellFault(SYSTEM, f"holds {END}, which ends a system text; take it out")
    return joined(system, user)


def _parse_cer(text: str) -> float | None:
    if not text.strip():
        return None
    try:
        cer = float(text.replace(",", "."))  # a Russian spreadsheet saves a decimal comma
    except ValueError:
        cer = math.nan
    if not (math.isfinite(cer) and cer >= 0):
        raise CellFault("cer", f'"{text}" is no CER; write a number of 0 or more, or nothing')
    return cer


def _format_cer(cer: float | None) -> str:
    return "" if cer is None else f"{cer:.4f}"


def _checked(path: str | Path, rows: Iterable[Row]) -> list[Row]:
    """What is written can be read again."""
    checked = list(rows)
    fields = [row.name for row in checked]
    for number, row in enumerate(checked, start=2):
        if not row.name or not as_name(row.prompt):
            raise PromptfitError(f'{path}: row {number}: the field "{row.field}" has no name or no prompt')
        if row.name in fields[: number - 2]:
            raise PromptfitError(f'{path}: row {number}: the field "{row.field}" has two prompts; keep one')
        if row.cer is not None and not (math.isfinite(row.cer) and row.cer >= 0):
            raise PromptfitError(f'{path}: row {number}, column "cer": {row.cer} is no CER; give None instead')
    return checked
