"""Writing tables and other files whole: a full disk or a Ctrl-C never leaves half a file."""

from __future__ import annotations

import codecs
import contextlib
import glob
import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from promptfit.paths import home
from promptfit.types import PromptfitError


def write_table(path: Path, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Writes a CSV file: UTF-8 with a byte order mark, ``;`` and ``\\n``; as in `replace_file`."""
    text = "".join(";".join(map(_quoted, row)) + "\n" for row in (columns, *rows))
    try:
        content = text.encode("utf-8")
    except UnicodeEncodeError as error:
        around = text[max(0, error.start - 40) : error.start]
        raise PromptfitError(f"{path}: the character after {around!r} is no Unicode text; remove it") from error
    replace_file(path, codecs.BOM_UTF8 + content)


def replace_file(path: Path, content: bytes) -> None:
    """Puts a whole file in place of an older one; its folder is made.

    Raises:
        PromptfitError: It could not be written (a full disk, no permission); the older one is as it was.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _sweep(path)
        with temporary.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except OSError as error:
        raise PromptfitError(f"{path}: cannot be written ({error.strerror}); make room or check the rights") from error
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)


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
        number = left.name.removesuffix(".tmp").rpartition(".")[2]
        if number.isdecimal() and not psutil.pid_exists(int(number)):
            left.unlink(missing_ok=True)


def _quoted(cell: str) -> str:
    """Quotes where a reader needs it. csv.writer leaves a lone ``\\r`` bare in some Pythons, so it isn't used."""
    return '"' + cell.replace('"', '""') + '"' if any(mark in cell for mark in ';"\r\n') else cell
