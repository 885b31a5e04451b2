"""A scripted person at a real pseudo-terminal: a command runs there in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import termios
import threading
import time
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any

PATIENCE = 120.0
"""Seconds to wait for what must come; nothing takes that long unless it is broken."""


class Person:
    """Runs a command at a terminal, reads what it shows, and types.

    Args:
        command: What is run; a text is a Python script.
        environment: Variables beside those of this process.
    """

    def __init__(self, command: Sequence[str] | str, environment: Mapping[str, str]) -> None:
        self._master, self._slave = os.openpty()
        self.before = self.modes()
        self._screen, self._read = bytearray(), 0
        self._news = threading.Condition()
        self.child = subprocess.Popen(
            [sys.executable, "-c", command] if isinstance(command, str) else command,
            stdin=self._slave,
            stdout=self._slave,
            stderr=self._slave,
            env={**os.environ, **environment},
        )
        threading.Thread(target=self._watch, daemon=True).start()

    def __enter__(self) -> Person:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.child.kill()
        self.child.wait()
        os.close(self._slave)

    def modes(self) -> list[Any]:
        """How the terminal is set now."""
        return termios.tcgetattr(self._slave)

    def sees(self, text: str) -> str:
        """Waits until a text is shown that was not seen yet; returns all that came before it."""
        wanted, end = text.encode(), time.monotonic() + PATIENCE
        with self._news:
            while (at := self._shown().find(wanted, self._read)) < 0:
                if not self._news.wait(end - time.monotonic()):
                    raise AssertionError(f"{text!r} is not shown; since the last look: {self.unread()!r}")
            before = self._shown()[self._read : at].decode()
            self._read = at + len(wanted)
        return before

    def unread(self) -> str:
        """What was shown after the last text that was seen."""
        return self._shown()[self._read :].decode(errors="replace")

    def types(self, text: str | bytes) -> None:
        """Types or pastes, as fast as the terminal takes it."""
        data = text.encode() if isinstance(text, str) else text
        while data:
            data = data[os.write(self._master, data) :]

    def leaves(self) -> int:
        """Waits for the end of the command; returns its exit status."""
        return self.child.wait(PATIENCE)

    def _shown(self) -> bytes:
        """All that was shown; a terminal begins a new line with two characters."""
        return bytes(self._screen).replace(b"\r\n", b"\n")

    def _watch(self) -> None:
        while True:
            try:
                data = os.read(self._master, 65536)
            except OSError:
                data = b""
            with self._news:
                self._screen += data
                self._news.notify_all()
            if not data:
                os.close(self._master)
                return
