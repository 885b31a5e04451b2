"""Writing tables and other files whole: a full disk or a Ctrl-C never leaves half a file."""

from __future__ import annotations

import codecs
import contextlib
import glob
import os
import stat
import tempfile
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


def _quoted(cell: str) -> str:
    """Quotes where a reader needs it. csv.writer leaves a lone ``\\r`` bare in some Pythons, so it isn't used."""
    return '"' + cell.replace('"', '""') + '"' if any(mark in cell for mark in ';"\r\n') else cell
