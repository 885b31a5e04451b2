"""What a person types or pastes into a terminal that edits no lines: where it ends, and what it shows."""

from __future__ import annotations

import codecs
import re

from promptfit.support.console.door import visible
from promptfit.support.manual.pasted_reply import LONGEST, plain

_CTRL_C, _CTRL_D, _BACKSPACES = "\x03", "\x04", "\x7f\x08"


class Typed:
    """What came since the last reply. All questions about it are for a moment of quiet.

    What is followed by more at once is no end: a line of a full stop may stand in the middle of a paste.
    """

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
        self._parts: list[str] = []
        self._size = self._before = 0

    def add(self, data: bytes) -> str:
        """Takes more input, and returns what to show of it.

        Raises:
            KeyboardInterrupt: It is Ctrl-C alone; inside of more input that is no key, but a part of a paste.
        """
        text = self._decoder.decode(data)
        if text and not text.strip(_CTRL_C):
            raise KeyboardInterrupt
        return "".join(
            self._erase() if part in _BACKSPACES else self._keep(part)
            for part in re.split(f"([{_BACKSPACES}])", text)
            if part
        )

    @property
    def giant(self) -> bool:
        """Whether it is longer than any reply."""
        return self._size > LONGEST

    @property
    def ended(self) -> bool:
        """Whether it ends with a line of a full stop alone, blank lines after it or none, or with Ctrl-D."""
        text = self._whole()
        last = text.rstrip().rpartition("\n")[2]
        return text.endswith(_CTRL_D) or (last.strip() == "." and "\n" in text[len(text.rstrip()) :])

    @property
    def open(self) -> bool:
        """Whether whole lines came, and none that ends them."""
        return self._whole().endswith("\n")

    def left(self) -> bool:
        """Whether what came since the last moment of quiet after a line is the line with which a person leaves."""
        new = plain("".join(self._parts[self._before :]))
        if not new.endswith("\n"):
            return False
        self._before = len(self._parts)
        return new.strip() in ("q", "Q")

    @property
    def data(self) -> bytes:
        """The bytes before the line or the key that ended it."""
        text = self._whole()
        ended = text[:-1] if text.endswith(_CTRL_D) else text[: text.rstrip().rfind(".")]
        return ended.encode("utf-8", "surrogateescape")

    def _whole(self) -> str:
        return plain("".join(self._parts))

    def _keep(self, text: str) -> str:
        self._size += len(text.encode("utf-8", "surrogateescape"))
        if not self.giant:  # no more is needed to know that
            self._parts.append(text)
        return visible(plain(text).replace(_CTRL_D, ""))

    def _erase(self) -> str:
        """Takes the last character of the line back, as Backspace does."""
        while self._parts and not self._parts[-1]:
            self._parts.pop()
        if not self._parts or self._parts[-1].endswith(("\r", "\n")):
            return ""
        self._parts[-1] = self._parts[-1][:-1]
        return "\b \b"
