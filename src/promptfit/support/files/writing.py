"""Writing tables and other files whole: a full disk or a Ctrl-C never leaves half a file."""

from __future__ import annotations

import codecs
import contextlib
import glob
import logging
import os
import stat
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from promptfit.paths import home
from promptfit.support.files.formulas import guard
from promptfit.types import PromptfitError

log = logging.getLogger(__name__)

USUAL = ";"


def write_table(path: Path, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Writes a CSV file that a spreadsheet opens safely: every cell is guarded; `formulas.unguard` takes that back.

    UTF-8 with a byte order mark, ``;`` and ``\\n``; written as in `replace_file`.
    """
    _write(path, table_text(columns, rows))


def write_raw_table(path: Path, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Writes the same for a program that would take a guard for a part of the text; says so where that matters."""
    cells = [columns, *rows]
    _write(path, _joined(cells, USUAL))
    say_raw(path, cells)


def say_raw(path: Path, cells: Iterable[Sequence[str]]) -> None:
    """Warns once of cells of a raw file, header first, that a spreadsheet would run."""
    found = [number for number, row in enumerate(cells, 1) for cell in row if guard(cell) != cell]
    say_formulas(path, len(found), found[0] if found else 0)


def say_formulas(path: Path, count: int, first: int) -> None:
    """The same, of cells that were counted, the first in row ``first``."""
    if count:
        log.warning(
            "%s: %d cell(s) are formulas to a spreadsheet (the first in row %d); they stand as they are, since "
            "a reader of this format would take a guard for a part of the text: do not open it in a spreadsheet",
            path,
            count,
            first,
        )


def table_text(columns: Sequence[str], rows: Iterable[Sequence[str]], delimiter: str = USUAL) -> str:
    """The lines of a CSV file, every cell guarded."""
    return _joined(([guard(cell) for cell in row] for row in (columns, *rows)), delimiter)


def _joined(rows: Iterable[Sequence[str]], delimiter: str) -> str:
    return "".join(raw_line(row, delimiter) for row in rows)


def raw_line(row: Sequence[str], delimiter: str) -> str:
    """A row as it stands in the file, with its line feed."""
    return delimiter.join(_quoted(cell, delimiter) for cell in row) + "\n"


def _write(path: Path, text: str) -> None:
    try:
        content = text.encode("utf-8")
    except UnicodeEncodeError as error:
        around = text[max(0, error.start - 40) : error.start]
        raise PromptfitError(f"{path}: the character after {around!r} is no Unicode text; remove it") from error
    replace_file(path, codecs.BOM_UTF8 + content)


def replace_file(path: Path, content: bytes) -> None:
    """Puts a whole file, which this person alone can read, in place of an older one; its folder is made.

    Raises:
        PromptfitError: It could not be written (a full disk, no permission); the older one is as it was.
    """
    temporary = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _sweep(path)
        # a name that nobody can have put a link at: it would be written through
        number, temporary = tempfile.mkstemp(".tmp", f".{path.name}.{os.getpid()}.", path.parent)
        with open(number, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except OSError as error:
        raise PromptfitError(f"{path}: cannot be written ({error.strerror}); make room or check the rights") from error
    finally:
        if temporary:
            with contextlib.suppress(OSError):
                os.unlink(temporary)


def keep_private(path: Path) -> None:
    """Takes others' rights to a file or folder of this person away; what is another's, or a link, is left."""
    with contextlib.suppress(OSError):
        state = path.lstat()
        mine = not hasattr(os, "getuid") or state.st_uid == os.getuid()
        if mine and not stat.S_ISLNK(state.st_mode) and state.st_mode & 0o077:
            path.chmod(stat.S_IMODE(state.st_mode) & ~0o077)


@contextlib.contextmanager
def one_at_a_time() -> Iterator[None]:
    """For files that are read and written again: no other process of this project that asks, too, comes between.

    Raises:
        PromptfitError: There is no room for the lock, or no right to it.
    """
    from filelock import FileLock

    path = home() / ".promptfit" / "writing.lock"
    with contextlib.ExitStack() as held:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            held.enter_context(FileLock(path))
        except OSError as error:
            raise PromptfitError(f"{path}: cannot be locked ({error.strerror}); make room or check rights") from error
        yield


def _sweep(path: Path) -> None:
    """Takes away what processes left that were killed as they wrote this file."""
    import psutil

    for left in path.parent.glob(f".{glob.escape(path.name)}.*.tmp"):
        number = left.name.removeprefix(f".{path.name}.").partition(".")[0]
        if number.isdecimal() and not psutil.pid_exists(int(number)):
            left.unlink(missing_ok=True)


def _quoted(cell: str, delimiter: str) -> str:
    """Quotes where a reader needs it. csv.writer leaves a lone ``\\r`` bare in some Pythons, so it isn't used."""
    return '"' + cell.replace('"', '""') + '"' if any(mark in cell for mark in (delimiter, '"', "\r", "\n")) else cell
