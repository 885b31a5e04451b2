"""Sheets of Excel files, row by row, as they are shown: merged cells, formulas' last values, dates."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

from promptfit.data.formats.cell_text import cell_text
from promptfit.data.formats.source_rows import GridRow
from promptfit.data.formats.workbook_parts import MergedRange, check_size, facts_of
from promptfit.support.enumerated import SHOWN, some
from promptfit.types import PromptfitError

_MOST_COLUMNS = 2_000


class XlsxGrid:
    """One sheet of a file.

    Args:
        path: The file.
        sheet: Its name; None is the first one that is not hidden.
        dates: How days are written, in strftime's letters.

    Raises:
        PromptfitError: It is no such file, has no such sheet, or is made to fill a memory.
    """

    def __init__(self, path: Path, sheet: str | None, dates: str) -> None:
        check_size(path)
        self.any_width = True
        self._path, self._dates = path, dates
        with closing(_opened(path, values=True)) as book:
            self._sheet, self._said = _chosen(path, book.worksheets, sheet)
            self._facts = facts_of(path, book[self._sheet]._worksheet_path)
        self._dated, self._uncounted = False, list[str]()

    @property
    def notes(self) -> list[str]:
        """See ``TableGrid``."""
        notes = list(self._said)
        if merged := len(self._facts.merged):
            notes.append(f"{merged} merged range(s): each of their cells is taken to hold what the range shows")
        if self._dated:
            notes.append(f"days are written like {self._dates} (dates= says how)")
        if self._uncounted:
            notes.append(
                f"formulas without a value count as empty, since no spreadsheet has calculated them: "
                f"{some(self._uncounted)}; open the file in a spreadsheet and save it"
            )
        return notes

    def grid(self) -> Iterator[GridRow]:
        """See ``TableGrid``."""
        shown: dict[MergedRange, str] = {}
        with ExitStack() as opened:
            book = opened.enter_context(closing(_opened(self._path, values=True)))
            rows = _rows(self._path, book[self._sheet])
            beside: Iterator[Sequence[Any]] = iter(())
            if self._facts.formulas:
                written = opened.enter_context(closing(_opened(self._path, values=False)))
                beside = _rows(self._path, written[self._sheet])
            for number, cells in enumerate(rows, start=1):
                texts = [self._text(cell) for cell in cells[:_MOST_COLUMNS]]
                self._look_for_formulas(texts, next(beside, ()))
                for one in self._facts.merged:
                    if one.top <= number <= one.bottom:
                        _fill(one, number, texts, shown)
                yield GridRow(number, tuple(texts))

    def _text(self, cell: Any) -> str:
        self._dated = self._dated or bool(getattr(cell, "is_date", False) and cell.value is not None)
        return cell_text(cell.value, self._dates, getattr(cell, "number_format", None) or "")

    def _look_for_formulas(self, texts: Sequence[str], cells: Sequence[Any]) -> None:
        for text, cell in zip(texts, cells, strict=False):
            if not text and getattr(cell, "data_type", "") == "f" and len(self._uncounted) <= SHOWN:
                self._uncounted = list(dict.fromkeys([*self._uncounted, cell.coordinate]))


def _fill(one: MergedRange, number: int, texts: list[str], shown: dict[MergedRange, str]) -> None:
    """Puts the value of a merged range into all of its cells of a row."""
    if number == one.top:
        shown[one] = texts[one.left - 1] if one.left <= len(texts) else ""
    right = min(one.right, _MOST_COLUMNS)
    texts.extend([""] * (right - len(texts)))
    texts[one.left - 1 : right] = [shown.get(one, "")] * (right - one.left + 1)


def _chosen(path: Path, sheets: Sequence[Any], wanted: str | None) -> tuple[str, list[str]]:
    """The sheet that is read, and a word on the others."""
    names = [one.title for one in sheets]
    hidden = [one.title for one in sheets if one.sheet_state != "visible"]
    if wanted is not None:
        if wanted not in names:
            raise PromptfitError(f"{path}: sheet={wanted}: there is no such sheet; it has: {', '.join(names)}")
        return wanted, []
    seen = [name for name in names if name not in hidden]
    if not seen:
        raise PromptfitError(f"{path}: all its sheets are hidden; say which to read: sheet='{(names or [''])[0]}'")
    said = [f'the sheet "{name}" is hidden and is not read (sheet= reads it)' for name in hidden]
    if len(seen) > 1:
        said.append(f'of {len(seen)} sheets "{seen[0]}" is read; the others: {some(seen[1:])} (sheet= says which)')
    return seen[0], said


def _rows(path: Path, sheet: Any) -> Iterator[Sequence[Any]]:
    sheet.reset_dimensions()  # what a file says of its size may be wrong
    try:
        yield from sheet.iter_rows()
    except Exception as error:  # the library raises whatever it stumbles over in a broken file
        raise PromptfitError(
            f"{path}: the sheet can't be read on ({type(error).__name__}: {error}); save it anew, or as CSV"
        ) from error


def _opened(path: Path, values: bool) -> Any:
    from openpyxl import load_workbook

    try:
        with warnings.catch_warnings(action="ignore"):  # it warns of parts that are not read here
            return load_workbook(path, read_only=True, data_only=values)
    except Exception as error:  # as above
        raise PromptfitError(
            f"{path}: no Excel file that can be read ({type(error).__name__}: {error}); save it anew, or as CSV"
        ) from error
