"""Tables: CSV, Excel, JSON lines and Parquet, whatever their columns are called."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from promptfit.data.formats.column_mapping import MappedRows
from promptfit.data.formats.column_options import ColumnOptions, has
from promptfit.data.formats.csv_grid import CsvGrid
from promptfit.data.formats.found_value import Found
from promptfit.data.formats.header_rows import under_header
from promptfit.data.formats.image_finder import ImageFinder
from promptfit.data.formats.import_plan import ImportPlan, Order, Origin
from promptfit.data.formats.jsonl_rows import JsonLines
from promptfit.data.formats.mapped_columns import MappedColumns
from promptfit.data.formats.parquet_rows import ParquetRows
from promptfit.data.formats.read_format import ReadFormat
from promptfit.data.formats.source_rows import Cell, RowSource, SourceRow, TableGrid
from promptfit.data.formats.wanted_rows import WantedRows
from promptfit.data.formats.xlsx_grid import XlsxGrid
from promptfit.paths import resolve
from promptfit.support.enumerated import some
from promptfit.types import PromptfitError

_EPOCH = date(1899, 12, 30)
"""Excel's day 0, as far as days after February 1900 go."""


@dataclass(frozen=True)
class TableFormat(ColumnOptions, ReadFormat):
    """One table of documents or of their fields.

    Attributes:
        sheet: Excel: the sheet; the first that is not hidden, if left out.
        header: The number of the header's row, or several that are one header; found, if left out.
        delimiter: CSV: between cells; found, if left out.
        encoding: CSV: of its text; UTF-8, if left out.
        dates: How days are written that a file holds as days, in strftime's letters.
        day_numbers: Columns whose whole numbers are days as Excel counts them.
    """

    sheet: str | None
    header: int | Sequence[int] | None
    delimiter: str | None
    encoding: str | None
    dates: str
    day_numbers: Sequence[str] | None

    def plan(self, order: Order) -> ImportPlan:
        """See ``ReadFormat``."""
        path = resolve(order.source)
        if not path.is_file():
            raise PromptfitError(f"{path}: no such file; give a table: .csv, .xlsx, .jsonl or .parquet")
        source = self._source(path)
        days = [has(source.columns, "day_numbers", str(one)) for one in self.day_numbers or ()]
        finder = self._finder(path.parent, source.columns)
        mapped = MappedColumns(self, source, str(path), path.stem, bool(finder.columns))
        odd = [name for name in mapped.day_numbers if name not in days]
        rows = MappedRows(mapped.mapping, source.columns, finder)
        wanted = WantedRows(self.only, source.columns)

        def found() -> Iterator[Found]:
            for row in source.rows():
                if wanted.has(row):
                    yield from rows.values(_dated(row, days, self.dates))

        def origin() -> Origin:
            notes = [*source.notes]
            if odd:
                notes.append(
                    f"{some(odd)}: whole numbers under the name of a date; day_numbers=[{','.join(odd)}] reads them as "
                    "days the way Excel counts them"
                )
            return Origin(path.name, f"sha256 {_digest(path)}", notes=tuple(notes))

        return ImportPlan(path.stem, path.parent, found, origin, mapped.meanings)

    def _source(self, path: Path) -> RowSource:
        kind = path.suffix.casefold()
        if kind in (".jsonl", ".ndjson"):
            return JsonLines(path, self.dates)
        if kind == ".parquet":
            return ParquetRows([path], self.dates)
        grid: TableGrid
        if kind in (".xlsx", ".xlsm"):
            grid = XlsxGrid(path, self.sheet, self.dates)
        elif kind in (".csv", ".tsv", ".txt"):
            grid = CsvGrid(path, self.delimiter, self.encoding)
        else:
            raise PromptfitError(
                f"{path}: a table is .csv, .tsv, .xlsx, .jsonl or .parquet; save it as one of them (old .xls: as .xlsx)"
            )
        header = [self.header] if isinstance(self.header, int) else self.header
        return under_header(str(path), grid, header)

    def _finder(self, beside: Path, columns: Sequence[str]) -> ImageFinder:
        said = str(self.images or "")
        if "{" not in said and "*" not in said:
            return ImageFinder(beside / said if said else beside)
        fixed = said.replace("\\", "/").split("{")[0].split("*")[0].rpartition("/")[0]
        finder = ImageFinder(beside / fixed, said[len(fixed) :].lstrip("/"))
        for name in finder.columns:
            has(columns, "images", name)
        if not finder.columns:
            raise PromptfitError(f"images={said}: name a column in it, like images='scans/{{{columns[0]}}}_*.jpg'")
        return finder


def _dated(row: SourceRow, days: Sequence[str], dates: str) -> SourceRow:
    """The row with numbers of days as days."""
    if not days:
        return row
    cells: dict[str, Cell] = dict(row.cells)
    for name in days:
        cell = cells.get(name, "")
        if isinstance(cell, str) and cell.isdecimal() and len(cell) < 6:
            cells[name] = (_EPOCH + timedelta(int(cell))).strftime(dates)
    return SourceRow(row.place, cells, row.fault)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
