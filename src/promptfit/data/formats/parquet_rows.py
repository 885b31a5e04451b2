"""Parquet files, batch by batch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from promptfit.data.formats.json_cells import cells_of
from promptfit.data.formats.source_rows import SourceRow
from promptfit.types import PromptfitError

LARGEST_GROUP = 4_000_000_000
"""Bytes of a row group, unpacked; it is decoded column by column."""
AT_ONCE = 64
"""Rows: images stand in them."""


class ParquetRows:
    """A parquet file, or several of one table.

    Args:
        paths: The files.
        dates: How days are written, in strftime's letters.

    Raises:
        PromptfitError: One is none, or would fill a memory.
    """

    def __init__(self, paths: Sequence[Path], dates: str) -> None:
        self._paths, self._dates = paths, dates
        self.notes: list[str] = []
        for path in paths:
            _check(path)
        self.columns = tuple(dict.fromkeys(name for row in islice(self.rows(), AT_ONCE) for name in row.cells))
        if not self.columns:
            raise PromptfitError(f"{paths[0]}: no rows in it; a data set needs some")

    def rows(self) -> Iterator[SourceRow]:
        """See ``RowSource``."""
        number = 0
        for path in self._paths:
            with _opened(path) as file:
                for row in _read(path, file):
                    number += 1
                    yield SourceRow(f"row {number}", cells_of(row, self._dates))


def _opened(path: Path) -> Any:
    from pyarrow import ArrowException
    from pyarrow.parquet import ParquetFile

    try:
        return ParquetFile(path)
    except (ArrowException, OSError, UnicodeError) as error:
        raise PromptfitError(f"{path}: no parquet file that can be read ({_first(error)}); copy it again") from error


def _check(path: Path) -> None:
    with _opened(path) as file:
        sizes = [file.metadata.row_group(number).total_byte_size for number in range(file.metadata.num_row_groups)]
    if max(sizes, default=0) > LARGEST_GROUP:
        raise PromptfitError(
            f"{path}: a row group of {max(sizes) / 1e9:.1f} GB; write it anew with smaller ones (row_group_size=)"
        )


def _read(path: Path, file: Any) -> Iterator[dict[str, Any]]:
    from pyarrow import ArrowException

    try:
        for batch in file.iter_batches(AT_ONCE):
            yield from batch.to_pylist()
    except (ArrowException, OSError, UnicodeError) as error:
        raise PromptfitError(f"{path}: can't be read on ({_first(error)}); copy it again") from error


def _first(error: Exception) -> str:
    return str(error).splitlines()[0] if str(error) else type(error).__name__
