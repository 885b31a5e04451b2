"""What counts as a reply that a person hands over, and the file that it may be saved in."""

from __future__ import annotations

import re
import time
from pathlib import Path

from promptfit.types import PromptfitError

LONGEST = 1_000_000
"""Bytes of a reply; what is longer is none."""
_SETTLED = 1.0
"""Seconds after its last change from which on a file is surely whole."""
_ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])")


class BadReply(Exception):
    """Why something is no reply."""


def checked(data: bytes) -> str:
    """Returns a reply's text.

    Raises:
        BadReply: It is giant, binary, not UTF-8, or empty.
    """
    if len(data) > LONGEST:
        raise BadReply(f"it has more than {LONGEST:,} bytes, which is no reply")
    if b"\0" in data:
        raise BadReply("it is binary and no text (or in UTF-16 and not UTF-8)")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadReply(f"byte 0x{data[error.start]:02x} is no UTF-8, so it is binary or in another encoding") from error
    text = re.sub("[\x00-\x08\x0b-\x1f\x7f]", "", plain(text)).strip()
    if not text:
        raise BadReply("it is empty")
    return text


def plain(text: str) -> str:
    """Takes a terminal's escape sequences out (those around a paste, those of arrow keys), and writes lines our way."""
    return _ESCAPES.sub("", text).replace("\r\n", "\n").replace("\r", "\n")


class ReplyFile:
    """A file that a person saves a reply in, some time.

    Attributes:
        path: The file, which need not be there.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._seen: tuple[int, int] | None = None
        self._taken: tuple[int, int] | None = None

    def look(self) -> bytes | None:
        """Returns the file's bytes once it is there, is no longer written to, and was not returned before."""
        try:
            state = self.path.stat()
            now, before = (state.st_size, state.st_mtime_ns), self._seen
            self._seen = now
            if now == self._taken or (now != before and abs(time.time() - state.st_mtime) < _SETTLED):
                return None
            with self.path.open("rb") as file:
                data = file.read(LONGEST + 1)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise PromptfitError(f"{self.path}: cannot be read ({error.strerror}); mend that and run again") from error
        self._taken = now
        return data

    def wait(self, pause: float) -> bytes | None:
        """Returns the bytes of a file that is there already, if need be after its last byte was written."""
        data = self.look()
        while data is None and self.path.exists():
            time.sleep(pause)
            data = self.look()
        return data
